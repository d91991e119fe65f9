// SPDX-License-Identifier: GPL-3.0-or-later
#include "differential/postgrescheck.h"

#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace holdpoint;
using namespace holdpoint::differential;

/// Random batches over random schemas: what the product previews, applies and undoes on one database is what psql
/// does on a copy of it. HOLDPOINT_TEST_SEEDS=first:count chooses the seeds; a seed is a schema and five batches.
/// HOLDPOINT_TEST_OTHERS=always: other sessions work in each database, and not only in every fifth.
class TestPostgresDifferential : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }
    void cleanupTestCase();
    void equalsTheCopy_data();
    void equalsTheCopy();

private:
    static constexpr int batchesOfSeed = 5;
    std::optional<OriginDatabase> m_origin;
    QTemporaryDir m_folder;
    Tally m_tally;
};

void TestPostgresDifferential::initTestCase()
{
    if (!TestPostgres::available())
        QSKIP(TestPostgres::whyNot());
    if (Psql::program().isEmpty())
        QSKIP("no psql");
    m_origin.emplace();
}

void TestPostgresDifferential::cleanupTestCase()
{
    m_origin.reset();
    qInfo("%s", qUtf8Printable(m_tally.text()));
    QVERIFY2(m_tally.others.batches == 0 || m_tally.others.written > 0, "the other sessions wrote nothing");
}

void TestPostgresDifferential::equalsTheCopy_data()
{
    QTest::addColumn<quint32>("seed");
    const QStringList seeds = qEnvironmentVariable("HOLDPOINT_TEST_SEEDS", u"1:40"_s).split(u':');
    const quint32 first = seeds.at(0).toUInt();
    for (quint32 seed = first; seed < first + seeds.value(1, u"1"_s).toUInt(); ++seed)
        QTest::addRow("seed %u", seed) << seed;
}

void TestPostgresDifferential::equalsTheCopy()
{
    QFETCH(quint32, seed);
    Check check(seed, *m_origin, m_folder.path(), m_tally);
    for (int i = 0; i < batchesOfSeed; ++i) {
        const QString fault = check.runBatch();
        QVERIFY2(fault.isEmpty(), qUtf8Printable(fault));
    }
}

QTEST_GUILESS_MAIN(TestPostgresDifferential)
#include "tst_postgresdifferential.moc"
