// SPDX-License-Identifier: GPL-3.0-or-later
#include "valuetext.h"

#include "modeltext.h"
#include "support/effectsrows.h"

using namespace holdpoint;
using namespace Qt::StringLiterals;

Q_DECLARE_METATYPE(holdpoint::Value)

class TestValueText : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { failOnAnyWarning(); }

    void cells_data()
    {
        QTest::addColumn<Value>("value");
        QTest::addColumn<QString>("expected");
        QTest::addRow("NULL") << Value() << u"NULL"_s;
        QTest::addRow("a number") << number(-3) << u"-3"_s;
        QTest::addRow("a text of two lines") << words("a\nb") << u"a↵b"_s;
        QTest::addRow("a control character") << words("a\tb") << u"a\ufffdb"_s;
        QTest::addRow("a long text") << words("abcdefghijkl") << u"abcdefghij…"_s;
        QTest::addRow("a text of the limit") << words("abcdefghij") << u"abcdefghij"_s;
        QTest::addRow("bytes") << Value::blob("\x01\xff"_ba) << u"x'01ff'"_s;
        QTest::addRow("many bytes") << Value::blob(QByteArray(1000, 'a')) << u"x'61616161…"_s;
    }
    void cells()
    {
        QFETCH(const Value, value);
        QFETCH(const QString, expected);
        QCOMPARE(cellText(value, 10), expected);
    }

    void typed_data()
    {
        QTest::addColumn<int>("engine");
        QTest::addColumn<QString>("type");
        QTest::addColumn<QString>("text");
        QTest::addColumn<Value>("expected");
        const int sqlite = int(EngineKind::SQLite);
        const int postgres = int(EngineKind::PostgreSQL);
        QTest::addRow("SQLite, an integer column") << sqlite << u"INTEGER"_s << u"42"_s << number(42);
        QTest::addRow("SQLite, the largest integer")
            << sqlite << u"BIGINT"_s << u"9223372036854775807"_s << number(9223372036854775807);
        QTest::addRow("SQLite, a word in an integer column") << sqlite << u"INTEGER"_s << u"many"_s << words("many");
        QTest::addRow("SQLite, digits in a text column") << sqlite << u"VARCHAR(9)"_s << u"007"_s << words("007");
        QTest::addRow("SQLite, a fraction") << sqlite << u"REAL"_s << u"1.5"_s << Value::real(1.5);
        QTest::addRow("SQLite, a decimal column") << sqlite << u"DECIMAL(9,2)"_s << u"1.5"_s << Value::real(1.5);
        QTest::addRow("SQLite, no type") << sqlite << QString() << u"7"_s << number(7);
        QTest::addRow("SQLite, bytes") << sqlite << u"BLOB"_s << u"x'01FF'"_s << Value::blob("\x01\xff"_ba);
        QTest::addRow("SQLite, x in a text column") << sqlite << u"TEXT"_s << u"x'01'"_s << words("x'01'");
        QTest::addRow("SQLite, an empty text") << sqlite << u"TEXT"_s << QString() << words("");
        QTest::addRow("PostgreSQL, an integer") << postgres << u"integer"_s << u"42"_s << number(42);
        QTest::addRow("PostgreSQL, numeric stays text") << postgres << u"numeric(10,2)"_s << u"1.50"_s << words("1.50");
        QTest::addRow("PostgreSQL, a boolean") << postgres << u"boolean"_s << u"true"_s << Value::boolean(true);
        QTest::addRow("PostgreSQL, a boolean in other words") << postgres << u"boolean"_s << u"yes"_s << words("yes");
        QTest::addRow("PostgreSQL, bytes") << postgres << u"bytea"_s << u"x'01'"_s << Value::blob("\x01"_ba);
        QTest::addRow("PostgreSQL, a time") << postgres << u"timestamp with time zone"_s << u"now"_s << words("now");
    }
    void typed()
    {
        QFETCH(const int, engine);
        QFETCH(const QString, type);
        QFETCH(const QString, text);
        QFETCH(const Value, expected);
        Column column;
        column.type = type;
        const std::optional<Value> value = valueFromText(text, column, static_cast<EngineKind>(engine));
        QVERIFY(value.has_value());
        QCOMPARE(value->display(), expected.display());
        QVERIFY(*value == expected);
    }

    void bytesThatAreNoHexadecimalAreRefused()
    {
        Column column;
        column.type = u"BLOB"_s;
        QVERIFY(!valueFromText(u"x'0g'"_s, column, EngineKind::SQLite).has_value());
        column.type = u"bytea"_s;
        QVERIFY(!valueFromText(u"x'012'"_s, column, EngineKind::PostgreSQL).has_value());
    }

    void anUntouchedEditGivesTheSameValueBack()
    {
        Column column;
        column.type = u"BLOB"_s;
        const Value bytes = Value::blob("\x00\x01"_ba);
        QCOMPARE(valueFromText(editText(bytes), column, EngineKind::SQLite), std::optional(bytes));
        QCOMPARE(editText(Value()), QString());
    }
};

QTEST_GUILESS_MAIN(TestValueText)
#include "tst_valuetext.moc"
