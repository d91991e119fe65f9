// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/value.h"

#include <QTest>

#include <cmath>
#include <limits>

using namespace Qt::StringLiterals;
using namespace holdpoint;

class TestValue : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void equality_data();
    void equality();
    void orderIsTotal();
    void display_data();
    void display();
    void shortestDecimal_data();
    void shortestDecimal();
};

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double notANumber = std::numeric_limits<double>::quiet_NaN();

} // namespace

void TestValue::equality_data()
{
    QTest::addColumn<Value>("left");
    QTest::addColumn<Value>("right");
    QTest::addColumn<bool>("equal");
    QTest::newRow("two NULLs") << Value::null() << Value() << true;
    QTest::newRow("NULL and empty text") << Value::null() << Value::text({}) << false;
    QTest::newRow("null and empty QString") << Value::text(QString()) << Value::text(u""_s) << true;
    QTest::newRow("1 and 1.0") << Value::integer(1) << Value::real(1) << false;
    QTest::newRow("1 and true") << Value::integer(1) << Value::boolean(true) << false;
    QTest::newRow("1 and '1'") << Value::integer(1) << Value::text(u"1"_s) << false;
    QTest::newRow("0.0 and -0.0") << Value::real(0.0) << Value::real(-0.0) << false;
    QTest::newRow("NaN and itself") << Value::real(notANumber) << Value::real(notANumber) << true;
    QTest::newRow("integers over 2^53") << Value::integer(9007199254740993) << Value::integer(9007199254740992)
                                        << false;
    QTest::newRow("texts") << Value::text(u"a"_s) << Value::text(u"a"_s) << true;
    QTest::newRow("upper and lower case") << Value::text(u"a"_s) << Value::text(u"A"_s) << false;
    QTest::newRow("composed and decomposed") << Value::text(u"ä"_s) << Value::text(u"a\u0308"_s) << false;
    QTest::newRow("blob and text") << Value::blob("a") << Value::text(u"a"_s) << false;
    QTest::newRow("blob and raw text") << Value::blob("a") << Value::rawText("a") << false;
    QTest::newRow("null and empty blob") << Value::blob({}) << Value::blob("") << true;
    QTest::newRow("blobs with NUL") << Value::blob(QByteArray("a\0b", 3)) << Value::blob(QByteArray("a\0c", 3))
                                    << false;
}

void TestValue::equality()
{
    QFETCH(const Value, left);
    QFETCH(const Value, right);
    QFETCH(const bool, equal);
    QCOMPARE(left == right, equal);
    QCOMPARE(right == left, equal);
    QCOMPARE((left <=> right) == 0, equal);
}

void TestValue::orderIsTotal()
{
    const QList<Value> ordered = {
        Value::null(),      Value::boolean(false),  Value::boolean(true),  Value::integer(-1),
        Value::integer(2),  Value::real(-infinity), Value::real(-1),       Value::real(-0.0),
        Value::real(0.0),   Value::real(1),         Value::real(infinity), Value::real(notANumber),
        Value::text(u""_s), Value::text(u"B"_s),    Value::text(u"a"_s),   Value::blob(""),
        Value::blob("a"),   Value::rawText("\xff"),
    };
    for (qsizetype i = 0; i < ordered.size(); ++i) {
        for (qsizetype j = 0; j < ordered.size(); ++j)
            QVERIFY2((ordered[i] <=> ordered[j]) == (i <=> j), qPrintable(u"%1 and %2"_s.arg(i).arg(j)));
    }
}

void TestValue::display_data()
{
    QTest::addColumn<Value>("value");
    QTest::addColumn<QString>("text");
    QTest::newRow("null") << Value::null() << u"NULL"_s;
    QTest::newRow("boolean") << Value::boolean(true) << u"true"_s;
    QTest::newRow("integer") << Value::integer(std::numeric_limits<qint64>::min()) << u"-9223372036854775808"_s;
    QTest::newRow("real") << Value::real(5) << u"5.0"_s;
    QTest::newRow("text") << Value::text(u"it's"_s) << u"it's"_s;
    QTest::newRow("blob") << Value::blob(QByteArray("\0\xff", 2)) << u"x'00ff'"_s;
    QTest::newRow("raw text") << Value::rawText("a\xff") << u"a\ufffd"_s;
}

void TestValue::display()
{
    QFETCH(const Value, value);
    QFETCH(const QString, text);
    QCOMPARE(value.display(), text);
}

void TestValue::shortestDecimal_data()
{
    QTest::addColumn<double>("value");
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("whole") << 5.0 << "5.0"_ba;
    QTest::newRow("minus zero") << -0.0 << "-0.0"_ba;
    QTest::newRow("a tenth") << 0.1 << "0.1"_ba;
    QTest::newRow("three tenths added") << 0.1 + 0.2 << "0.30000000000000004"_ba;
    QTest::newRow("big") << 1e300 << "1e+300"_ba;
    QTest::newRow("2^53") << 9007199254740992.0 << "9007199254740992.0"_ba;
    QTest::newRow("the smallest") << 5e-324 << "5e-324"_ba;
    QTest::newRow("infinity") << infinity << "1.0e309"_ba;
    QTest::newRow("minus infinity") << -infinity << "-1.0e309"_ba;
}

void TestValue::shortestDecimal()
{
    QFETCH(const double, value);
    QFETCH(const QByteArray, text);
    QCOMPARE(holdpoint::shortestDecimal(value), text);
    if (std::isfinite(value))
        QVERIFY(Value::real(text.toDouble()) == Value::real(value));
}

QTEST_GUILESS_MAIN(TestValue)
#include "tst_value.moc"
