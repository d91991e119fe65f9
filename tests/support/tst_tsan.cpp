// SPDX-License-Identifier: GPL-3.0-or-later
// Not a QtTest: ctest runs it under the thread sanitizer, once in order, which must be silent, and once with a race
// beside Qt's queue ("race"), which must be found; else the sanitizer's silence about the other tests says nothing.
#include <QCoreApplication>
#include <QFuture>
#include <QPromise>
#include <QThread>
#include <QThreadPool>

#include <memory>
#include <thread>
#include <vector>

using namespace Qt::StringLiterals;

namespace {

/// What a session does, without a database: a thread with a queue, functors in, futures out.
class Queue
{
public:
    Queue()
    {
        m_worker->moveToThread(&m_thread);
        m_thread.start();
    }
    ~Queue()
    {
        QMetaObject::invokeMethod(m_worker, [this] {
            m_handled = 0;
            m_worker->deleteLater();
            m_thread.quit();
        });
        m_thread.wait();
        if (m_handled != 0)
            qFatal("the thread's last write is not seen");
    }

    template <typename F> QFuture<QString> run(F work)
    {
        auto promise = std::make_shared<QPromise<QString>>();
        promise->start();
        QMetaObject::invokeMethod(m_worker, [this, promise, work] {
            ++m_handled;
            promise->addResult(work());
            promise->finish();
        });
        return promise->future();
    }

private:
    QThread m_thread;
    QObject* m_worker = new QObject;
    int m_handled = 0;
};

void postFromManyThreads(Queue& queue)
{
    std::vector<std::thread> posters;
    for (int poster = 0; poster < 4; ++poster) {
        posters.emplace_back([&queue] {
            for (int i = 0; i < 100; ++i) {
                const QString text = u"work %1"_s.arg(i);
                const std::vector<int> captured(100, i);
                const auto future = queue.run([text, captured] { return text + QString::number(captured.back()); });
                if (future.result() != text + QString::number(i))
                    qFatal("a wrong answer");
            }
        });
    }
    for (std::thread& poster : posters)
        poster.join();
}

void chain(Queue& queue)
{
    const auto captured = std::make_shared<std::vector<int>>(10, 3);
    const QFuture<int> length
        = queue.run([] { return u"four"_s; }).then(QtFuture::Launch::Sync, [captured](const QString& text) {
              return static_cast<int>(text.size()) + captured->at(0);
          });
    if (length.result() != 7)
        qFatal("a wrong answer");
}

void useThePool()
{
    QThreadPool pool;
    QPromise<int> promise;
    promise.start();
    std::vector<int> captured(100, 3);
    pool.start([captured, &promise] {
        promise.addResult(captured.back());
        promise.finish();
    });
    if (promise.future().result() != 3)
        qFatal("a wrong answer");
}

void race(Queue& queue)
{
    int shared = 0;
    const QFuture<QString> future = queue.run([&shared] {
        shared = 1;
        return QString();
    });
    shared = 2; // the deliberate race
    future.result();
}

} // namespace

int main(int argc, char** argv)
{
    const QCoreApplication application(argc, argv);
    for (int round = 0; round < 20; ++round) {
        Queue queue;
        postFromManyThreads(queue);
        chain(queue);
        useThePool();
        if (argc > 1)
            race(queue);
    }
    return 0;
}
