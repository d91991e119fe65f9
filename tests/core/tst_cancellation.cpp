// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/cancellation.h"

#include <QTest>

#include <thread>

using namespace holdpoint;

class tst_Cancellation : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void callsTheInterrupts();
    void callsLateRegistrationsAtOnce();
    void forgetsEndedRegistrations();
    void survivesRegistrationsEndingWhileItCancels();
};

void tst_Cancellation::callsTheInterrupts()
{
    const Cancellation cancellation;
    const Cancellation copy = cancellation;
    int calls = 0;
    const auto registration = cancellation.onCancel([&] { ++calls; });
    QVERIFY(!cancellation.isCancelled());
    copy.cancel();
    QVERIFY(cancellation.isCancelled());
    QCOMPARE(calls, 1);
}

void tst_Cancellation::callsLateRegistrationsAtOnce()
{
    const Cancellation cancellation;
    cancellation.cancel();
    int calls = 0;
    const auto registration = cancellation.onCancel([&] { ++calls; });
    QCOMPARE(calls, 1);
}

void tst_Cancellation::forgetsEndedRegistrations()
{
    const Cancellation cancellation;
    int calls = 0;
    {
        const auto ended = cancellation.onCancel([&] { ++calls; });
    }
    auto replaced = cancellation.onCancel([&] { calls += 10; });
    replaced = cancellation.onCancel([&] { calls += 100; });
    cancellation.cancel();
    QCOMPARE(calls, 100);
}

void tst_Cancellation::survivesRegistrationsEndingWhileItCancels()
{
    for (int round = 0; round < 200; ++round) {
        const Cancellation cancellation;
        std::atomic<bool> alive = true;
        std::atomic<int> calledDead = 0;
        std::thread canceller([&] { cancellation.cancel(); });
        {
            const auto registration = cancellation.onCancel([&] { calledDead += !alive.load(); });
        }
        alive = false;
        canceller.join();
        QCOMPARE(calledDead.load(), 0);
    }
}

QTEST_APPLESS_MAIN(tst_Cancellation)
#include "tst_cancellation.moc"
