// SPDX-License-Identifier: GPL-3.0-or-later
// Tells the thread sanitizer what Qt's own code synchronizes. Debian's Qt is not instrumented and locks by futex, so
// the sanitizer does not see that a posted functor happens before its call, or a promise's result before the future's
// answer. Each function here stands before Qt's of the same name, in test programs of the tsan build only, and says
// exactly that one order. Everything else, all of our own code, stays checked: tst_tsan proves it.
#include <QFuture>
#include <QMetaObject>
#include <QMutex>
#include <QObject>
#include <QThread>
#include <QThreadPool>

#include <sanitizer/tsan_interface.h>

#include <dlfcn.h>

extern "C" void AnnotateIgnoreWritesBegin(const char* file, int line);
extern "C" void AnnotateIgnoreWritesEnd(const char* file, int line);

#define UNSEEN __attribute__((no_sanitize("thread")))

namespace {

template <typename F> UNSEEN F original(const char* symbol)
{
    return reinterpret_cast<F>(dlsym(RTLD_NEXT, symbol));
}

/// A slot object around another: what was before the posting is before the call, and the call is before the
/// destruction (the poster may hold the last reference) and before the end of its thread.
class PostedSlot final : public QtPrivate::QSlotObjectBase
{
public:
    UNSEEN explicit PostedSlot(QSlotObjectBase* slot)
        : QSlotObjectBase(&PostedSlot::act)
        , m_slot(slot)
    {
        __tsan_release(this);
    }

private:
    UNSEEN static void act(int operation, QSlotObjectBase* self, QObject* receiver, void** arguments, bool*)
    {
        auto* posted = static_cast<PostedSlot*>(self);
        __tsan_acquire(posted);
        if (operation == Call) {
            posted->m_slot->call(receiver, arguments);
            __tsan_release(posted);
            __tsan_release(QThread::currentThread());
        } else if (operation == Destroy) {
            posted->m_slot->destroyIfLastRef();
            delete posted;
        }
    }

    QSlotObjectBase* m_slot;
};

/// A function that is called after everything that was before its making.
template <typename... Arguments>
UNSEEN std::function<void(Arguments...)> posted(std::function<void(Arguments...)> function)
{
    auto* kept = new std::function<void(Arguments...)>(std::move(function));
    __tsan_release(kept);
    return [kept](Arguments... arguments) UNSEEN {
        __tsan_acquire(kept);
        (*kept)(arguments...);
        delete kept;
    };
}

} // namespace

bool UNSEEN QMetaObject::invokeMethodImpl(QObject* object, QtPrivate::QSlotObjectBase* slot, Qt::ConnectionType type,
                                          void* result)
{
    using Function = bool (*)(QObject*, QtPrivate::QSlotObjectBase*, Qt::ConnectionType, void*);
    static const auto invoke = original<Function>(
        "_ZN11QMetaObject16invokeMethodImplEP7QObjectPN9QtPrivate15QSlotObjectBaseEN2Qt14ConnectionTypeEPv");
    return invoke(object, new PostedSlot(slot), type, result);
}

bool UNSEEN QThread::wait(QDeadlineTimer deadline)
{
    static const auto wait = original<bool (*)(QThread*, QDeadlineTimer)>("_ZN7QThread4waitE14QDeadlineTimer");
    const bool ended = wait(this, deadline);
    if (ended)
        __tsan_acquire(this);
    return ended;
}

void UNSEEN QThreadPool::start(std::function<void()> function, int priority)
{
    using Function = void (*)(QThreadPool*, std::function<void()>, int);
    static const auto start = original<Function>("_ZN11QThreadPool5startESt8functionIFvvEEi");
    start(this, posted(std::move(function)), priority);
}

void UNSEEN QFutureInterfaceBase::reportFinished()
{
    static const auto report = original<void (*)(QFutureInterfaceBase*)>("_ZN20QFutureInterfaceBase14reportFinishedEv");
    __tsan_release(d);
    report(this);
}

void UNSEEN QFutureInterfaceBase::waitForFinished()
{
    static const auto wait = original<void (*)(QFutureInterfaceBase*)>("_ZN20QFutureInterfaceBase15waitForFinishedEv");
    wait(this);
    __tsan_acquire(d);
}

void UNSEEN QFutureInterfaceBase::waitForResult(int index)
{
    using Function = void (*)(QFutureInterfaceBase*, int);
    static const auto wait = original<Function>("_ZN20QFutureInterfaceBase13waitForResultEi");
    wait(this, index);
    __tsan_acquire(d);
}

void UNSEEN QFutureInterfaceBase::setContinuation(std::function<void(const QFutureInterfaceBase&)> function,
                                                  QFutureInterfaceBasePrivate* data)
{
    using Continuation = std::function<void(const QFutureInterfaceBase&)>;
    using Function = void (*)(QFutureInterfaceBase*, Continuation, QFutureInterfaceBasePrivate*);
    static const auto set = original<Function>("_ZN20QFutureInterfaceBase15setContinuationESt8functionIFvRKS_EEP27"
                                               "QFutureInterfaceBasePrivate");
    set(this, posted(std::move(function)), data);
}

bool UNSEEN QFutureInterfaceBase::derefT() const noexcept
{
    static const auto deref = original<bool (*)(const QFutureInterfaceBase*)>("_ZNK20QFutureInterfaceBase6derefTEv");
    if (d == nullptr)
        return true;
    __tsan_release(d);
    const bool others = deref(this);
    if (!others)
        __tsan_acquire(d); // the last owner clears what all the others read
    return others;
}

// Qt's destructor ends with a jump to operator delete, which so seems to be called by our code and is not left out by
// tsan.supp as Qt's other calls of it are.
UNSEEN QFutureInterfaceBase::~QFutureInterfaceBase()
{
    static const auto destroy = original<void (*)(QFutureInterfaceBase*)>("_ZN20QFutureInterfaceBaseD2Ev");
    AnnotateIgnoreWritesBegin(__FILE__, __LINE__);
    destroy(this);
    AnnotateIgnoreWritesEnd(__FILE__, __LINE__);
}
