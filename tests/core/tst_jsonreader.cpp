// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/jsonfields.h"
#include "base/jsonreader.h"
#include "base/valuejson.h"

#include <QTest>

#include <limits>

using namespace Qt::StringLiterals;
using namespace holdpoint;

class TestJsonReader : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void refuses_data();
    void refuses();
    void numbers_data();
    void numbers();
    void values_data();
    void values();
    void refusesValue_data();
    void refusesValue();
    void fields_data();
    void fields();
    void tree();
    void splits();
    void splitStopsAtAnError();
    void nesting_data();
    void nesting();
    void everyCutIsAnError();
    void offsetInString_data();
    void offsetInString();
};

namespace {

constexpr auto sample = R"({"a": [1, -2.5, "x\ny", true, false, null, {"b": {}}], "ä": "😀"})";

QByteArray nested(int depth)
{
    return QByteArray(depth, '[') + QByteArray(depth, ']');
}

} // namespace

void TestJsonReader::refuses_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QString>("message");

    QTest::newRow("empty file") << ""_ba << u"f:1:1: the document is empty"_s;
    QTest::newRow("only spaces") << " \n "_ba << u"f:2:2: the document is empty"_s;
    QTest::newRow("byte order mark")
        << "\xef\xbb\xbf{}"_ba << u"f:1:1: the file begins with a byte order mark; save it as UTF-8 without one"_s;
    QTest::newRow("UTF-16") << QByteArray("\xff\xfe{\0}\0", 6)
                            << u"f:1:1: the file begins with a byte order mark; save it as UTF-8 without one"_s;
    QTest::newRow("NUL byte") << QByteArray("{\n\"a\": \"x\0y\"}", 13) << u"f:2:8: the file holds a NUL byte"_s;
    QTest::newRow("NUL after the end") << QByteArray("{}\0", 3) << u"f:1:3: the file holds a NUL byte"_s;
    QTest::newRow("something after the end") << "{} x"_ba << u"f:1:4: something follows the end of the document"_s;
    QTest::newRow("two documents") << "{}\n{}"_ba << u"f:2:1: something follows the end of the document"_s;
    QTest::newRow("cut in an object") << "{\"a\": 1,\n"_ba << u"f:2:1: the file ends too early; it may be cut short"_s;
    QTest::newRow("cut in a string") << "{\"a\": \"xy"_ba << u"f:1:10: the file ends too early; it may be cut short"_s;
    QTest::newRow("cut in a literal") << "[tru"_ba << u"f:1:5: the file ends too early; it may be cut short"_s;
    QTest::newRow("trailing comma in an array") << "[1,]"_ba << u"f:1:4: a value is expected here"_s;
    QTest::newRow("trailing comma in an object")
        << "{\"a\": 1,\n}"_ba << u"f:2:1: a key in double quotes is expected here"_s;
    QTest::newRow("missing comma") << "{\"a\": 1\n  \"b\": 2}"_ba << u"f:2:3: a comma or } is expected here"_s;
    QTest::newRow("missing comma in an array") << "[1 2]"_ba << u"f:1:4: a comma or ] is expected here"_s;
    QTest::newRow("missing colon") << "{\"a\" 1}"_ba << u"f:1:6: a colon is expected after the key"_s;
    QTest::newRow("single quotes") << "{'a': 1}"_ba << u"f:1:2: a key in double quotes is expected here"_s;
    QTest::newRow("comment") << "{ // a\n}"_ba << u"f:1:3: a key in double quotes is expected here"_s;
    QTest::newRow("duplicate key") << "{\"a\": 1,\n \"b\": 2, \"a\": 3}"_ba
                                   << u"f:2:10: the key \"a\" stands twice in one object"_s;
    QTest::newRow("duplicate key by an escape")
        << "{\"a\": 1, \"\\u0061\": 3}"_ba << u"f:1:10: the key \"a\" stands twice in one object"_s;
    QTest::newRow("column in characters") << "[\"äöü😀\", x]"_ba << u"f:1:10: a value is expected here"_s;
    QTest::newRow("invalid UTF-8") << "[\"a\xff\"]"_ba << u"f:1:4: the text is not valid UTF-8"_s;
    QTest::newRow("overlong UTF-8") << "[\"\xc0\xaf\"]"_ba << u"f:1:3: the text is not valid UTF-8"_s;
    QTest::newRow("surrogate in UTF-8") << "[\"\xed\xa0\x80\"]"_ba << u"f:1:3: the text is not valid UTF-8"_s;
    QTest::newRow("control character in a string")
        << "[\"a\tb\"]"_ba << u"f:1:4: the string holds an unknown escape or a control character"_s;
    QTest::newRow("unknown escape") << "[\"a\\qb\"]"_ba
                                    << u"f:1:4: the string holds an unknown escape or a control character"_s;
    QTest::newRow("bad hexadecimal") << "[\"\\u00g0\"]"_ba << u"f:1:3: \\u needs four hexadecimal digits"_s;
    QTest::newRow("half a surrogate pair, high")
        << "[\"\\ud83d\"]"_ba << u"f:1:3: the string holds half of a surrogate pair (\\ud800 to \\udfff)"_s;
    QTest::newRow("half a surrogate pair, low")
        << "[\"\\udc00\"]"_ba << u"f:1:2: the string holds half of a surrogate pair (\\ud800 to \\udfff)"_s;
    QTest::newRow("half a surrogate pair in a key")
        << "{\"\\udc00\": 1}"_ba << u"f:1:2: the string holds half of a surrogate pair (\\ud800 to \\udfff)"_s;
    QTest::newRow("leading zero") << "[01]"_ba << u"f:1:3: a comma or ] is expected here"_s;
    QTest::newRow("plus") << "[+1]"_ba << u"f:1:2: a value is expected here"_s;
    QTest::newRow("NaN") << "[NaN]"_ba << u"f:1:2: a value is expected here"_s;
    QTest::newRow("point without a digit") << "[1.]"_ba << u"f:1:4: a digit is expected after the decimal point"_s;
    QTest::newRow("exponent without a digit") << "[1e]"_ba << u"f:1:4: a digit is expected in the exponent"_s;
    QTest::newRow("integer over 64 bits")
        << "[\n 9223372036854775808]"_ba
        << u"f:2:2: the integer 9223372036854775808 does not fit 64 bits; write it as a string"_s;
    QTest::newRow("integer of 400 digits")
        << "[1" + QByteArray(400, '0') + "]" << u"f:1:2: the number is too big; write it as a string"_s;
    QTest::newRow("integer of 100 digits")
        << QByteArray(100, '1')
        << u"f:1:1: the integer %1… does not fit 64 bits; write it as a string"_s.arg(QString(60, u'1'));
    QTest::newRow("digits that a double loses")
        << "[0.12345678901234567890]"_ba
        << u"f:1:2: a double does not keep the number 0.12345678901234567890 exactly; write it as a string"_s;
    QTest::newRow("a big number with a point")
        << "9007199254740993.0"_ba
        << u"f:1:1: a double does not keep the number 9007199254740993.0 exactly; write it as a string"_s;
    QTest::newRow("too small") << "1e-400"_ba
                               << u"f:1:1: a double does not keep the number 1e-400 exactly; write it as a string"_s;
    QTest::newRow("over the biggest real")
        << "11.0e309"_ba << u"f:1:1: a double does not keep the number 11.0e309 exactly; write it as a string"_s;
    QTest::newRow("too big") << "1e400"_ba << u"f:1:1: the number is too big; write it as a string"_s;
}

void TestJsonReader::refuses()
{
    QFETCH(const QByteArray, json);
    QFETCH(const QString, message);
    const auto read = parseJson(json, u"f"_s);
    QVERIFY(!read);
    QCOMPARE(read.error().message, message);
    QCOMPARE(read.error().kind, ErrorKind::Usage);
}

void TestJsonReader::numbers_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<Value>("value");
    QTest::newRow("zero") << "0"_ba << Value::integer(0);
    QTest::newRow("the smallest") << "-9223372036854775808"_ba << Value::integer(std::numeric_limits<qint64>::min());
    QTest::newRow("the biggest") << "9223372036854775807"_ba << Value::integer(std::numeric_limits<qint64>::max());
    QTest::newRow("a fraction") << "0.1"_ba << Value::real(0.1);
    QTest::newRow("a whole real") << "5.0"_ba << Value::real(5);
    QTest::newRow("zeros at the end") << "19.900"_ba << Value::real(19.9);
    QTest::newRow("an exponent") << "1E2"_ba << Value::real(100);
    QTest::newRow("the fewest digits") << "9.223372036854776e+18"_ba << Value::real(9223372036854775808.0);
    QTest::newRow("minus zero") << "-0.0"_ba << Value::real(-0.0);
    QTest::newRow("the biggest real") << "1.7976931348623157e308"_ba << Value::real(1.7976931348623157e308);
    QTest::newRow("the smallest real") << "5e-324"_ba << Value::real(5e-324);
    QTest::newRow("infinity") << "1.0e309"_ba << Value::real(std::numeric_limits<double>::infinity());
    QTest::newRow("minus infinity") << "-1.0e309"_ba << Value::real(-std::numeric_limits<double>::infinity());
}

void TestJsonReader::numbers()
{
    QFETCH(const QByteArray, json);
    QFETCH(const Value, value);
    const JsonSource source { json, {} };
    const auto node = parseJson(source);
    QVERIFY2(node, node ? "" : qPrintable(node.error().message));
    const auto read = valueFromJson(*node, source);
    QVERIFY(read);
    QCOMPARE(read->display(), value.display());
    QVERIFY(*read == value);
}

void TestJsonReader::values_data()
{
    QTest::addColumn<Value>("value");
    QTest::addColumn<QByteArray>("json");
    QTest::newRow("null") << Value::null() << "null"_ba;
    QTest::newRow("true") << Value::boolean(true) << "true"_ba;
    QTest::newRow("integer") << Value::integer(-7) << "-7"_ba;
    QTest::newRow("real") << Value::real(5) << "5.0"_ba;
    QTest::newRow("infinity") << Value::real(std::numeric_limits<double>::infinity()) << "1.0e309"_ba;
    QTest::newRow("text") << Value::text(u"a\"\\\n\x01ä😀/"_s) << R"("a\"\\\n\u0001ä😀/")"_ba;
    QTest::newRow("empty text") << Value::text(u""_s) << R"("")"_ba;
    QTest::newRow("blob") << Value::blob(QByteArray("\0\xff\x10", 3)) << R"({ "base64": "AP8Q" })"_ba;
    QTest::newRow("empty blob") << Value::blob({}) << R"({ "base64": "" })"_ba;
    QTest::newRow("raw text") << Value::rawText("\xff") << R"({ "base64": "/w==", "as": "text" })"_ba;
    QTest::newRow("text with NUL") << Value::rawText(QByteArray("a\0b", 3))
                                   << R"({ "base64": "YQBi", "as": "text" })"_ba;
}

void TestJsonReader::values()
{
    QFETCH(const Value, value);
    QFETCH(const QByteArray, json);
    JsonWriter writer;
    writeValue(writer, value);
    const JsonSource source { writer.take(), {} };
    QCOMPARE(source.bytes, json);
    const auto node = parseJson(source);
    QVERIFY(node);
    const auto read = valueFromJson(*node, source);
    QVERIFY(read);
    QVERIFY(*read == value);
}

void TestJsonReader::refusesValue_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QString>("message");
    QTest::newRow("array") << "[1]"_ba
                           << u"f:1:1: a value cannot be an array; write the database's own text of it as a string"_s;
    QTest::newRow("empty object") << "{}"_ba << u"f:1:1: the object lacks the key \"base64\""_s;
    QTest::newRow("bad base64") << R"({"base64": "A*=="})"_ba
                                << u"f:1:12: this is not base64 (RFC 4648, with padding)"_s;
    QTest::newRow("base64 without padding")
        << R"({"base64": "/w"})"_ba << u"f:1:12: this is not base64 (RFC 4648, with padding)"_s;
    QTest::newRow("base64 with stray bits")
        << R"({"base64": "/x=="})"_ba << u"f:1:12: this is not base64 (RFC 4648, with padding)"_s;
    QTest::newRow("base64 not ASCII") << R"({"base64": "ä"})"_ba
                                      << u"f:1:12: this is not base64 (RFC 4648, with padding)"_s;
    QTest::newRow("as something else") << R"({"base64": "", "as": "json"})"_ba
                                       << u"f:1:22: \"as\" can only be \"text\""_s;
    QTest::newRow("another key") << R"({"base64": "", "is": 1})"_ba
                                 << u"f:1:16: unknown key \"is\"; known here: base64, as"_s;
    QTest::newRow("NUL in text")
        << R"("a\u0000")"_ba
        << u"f:1:1: the string holds the character NUL; write {\"base64\": \"...\", \"as\": \"text\"}"_s;
}

void TestJsonReader::refusesValue()
{
    QFETCH(const QByteArray, json);
    QFETCH(const QString, message);
    const JsonSource source { json, u"f"_s };
    const auto node = parseJson(source);
    QVERIFY(node);
    const auto read = valueFromJson(*node, source);
    QVERIFY(!read);
    QCOMPARE(read.error().message, message);
}

void TestJsonReader::fields_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QString>("message");
    QTest::newRow("all there") << R"({"name": "a", "size": 1, "on": true, "list": []})"_ba << u""_s;
    QTest::newRow("only what is required") << R"({"name": "a"})"_ba << u""_s;
    QTest::newRow("not an object") << "\n[]"_ba << u"f:2:1: an object is expected here, not an array"_s;
    QTest::newRow("missing") << R"({"size": 1})"_ba << u"f:1:1: the object lacks the key \"name\""_s;
    QTest::newRow("wrong type") << R"({"name": null})"_ba << u"f:1:10: \"name\" must be a string, not null"_s;
    QTest::newRow("real for an integer") << R"({"name": "a", "size": 1.5})"_ba
                                         << u"f:1:23: \"size\" must be an integer, not a number with a fraction"_s;
    QTest::newRow("unknown") << R"({"name": "a", "sise": 1})"_ba
                             << u"f:1:15: unknown key \"sise\"; known here: name, size, on, list"_s;
    QTest::newRow("the first error counts")
        << R"({"nam": "a", "size": ""})"_ba << u"f:1:1: the object lacks the key \"name\""_s;
}

void TestJsonReader::fields()
{
    QFETCH(const QByteArray, json);
    QFETCH(const QString, message);
    const JsonSource source { json, u"f"_s };
    const auto node = parseJson(source);
    QVERIFY(node);
    JsonFields fields(*node, source);
    const QString name = fields.text("name"_L1);
    const qint64 size = fields.integer("size"_L1, 1);
    const bool on = fields.boolean("on"_L1, true);
    QVERIFY(fields.array("list"_L1).empty());
    const auto finished = fields.finish();
    QCOMPARE(finished ? QString() : finished.error().message, message);
    if (finished) {
        QCOMPARE(name, u"a"_s);
        QCOMPARE(size, 1);
        QVERIFY(on);
    }
}

void TestJsonReader::tree()
{
    const auto root = parseJson(QByteArray(sample), {});
    QVERIFY(root);
    QCOMPARE(root->members().size(), 2u);
    const JsonNode* array = root->find("a"_L1);
    QVERIFY(array);
    QCOMPARE(array->offset(), 6);
    QCOMPARE(array->elements().size(), 7u);
    QCOMPARE(array->elements().at(0).toInteger(), 1);
    QCOMPARE(array->elements().at(1).toReal(), -2.5);
    QCOMPARE(array->elements().at(2).toString(), u"x\ny"_s);
    QCOMPARE(array->elements().at(2).offset(), 16);
    QVERIFY(array->elements().at(3).toBoolean());
    QVERIFY(!array->elements().at(4).toBoolean());
    QVERIFY(array->elements().at(5).isNull());
    QVERIFY(array->elements().at(6).find("b"_L1)->members().empty());
    QCOMPARE(root->members().at(1).key, u"ä"_s);
    QCOMPARE(root->members().at(1).value.toString(), u"😀"_s);
    QVERIFY(!root->find("c"_L1));
    QVERIFY(!array->find("a"_L1));
}

void TestJsonReader::splits()
{
    const JsonSource source { R"({"x": [9], "list": [1, {"list": [5]}, [2]], "y": {"list": [3]}})", u"f"_s };
    QList<JsonNode::Kind> kinds;
    const auto root = parseJsonSplit(source, "list"_L1, [&](const JsonNode& node) -> Result<void> {
        kinds.append(node.kind());
        return {};
    });
    QVERIFY(root);
    QCOMPARE(kinds, QList({ JsonNode::Kind::Integer, JsonNode::Kind::Object, JsonNode::Kind::Array }));
    QVERIFY(root->find("list"_L1)->elements().empty());
    QCOMPARE(root->find("x"_L1)->elements().size(), 1u);
    QCOMPARE(root->find("y"_L1)->find("list"_L1)->elements().size(), 1u);
}

void TestJsonReader::splitStopsAtAnError()
{
    const JsonSource source { R"({"list": [1, 2, 3]})", u"f"_s };
    int calls = 0;
    const auto root = parseJsonSplit(source, "list"_L1, [&](const JsonNode& node) -> Result<void> {
        if (++calls == 2)
            return source.errorAt(node.offset(), u"no"_s);
        return {};
    });
    QVERIFY(!root);
    QCOMPARE(root.error().message, u"f:1:14: no"_s);
    QCOMPARE(calls, 2);
}

void TestJsonReader::nesting_data()
{
    QTest::addColumn<int>("depth");
    QTest::addColumn<bool>("ok");
    QTest::newRow("64 levels") << 64 << true;
    QTest::newRow("65 levels") << 65 << false;
    QTest::newRow("a million levels") << 1000000 << false;
}

void TestJsonReader::nesting()
{
    QFETCH(const int, depth);
    QFETCH(const bool, ok);
    const auto read = parseJson(nested(depth), u"f"_s);
    QCOMPARE(read.ok(), ok);
    if (!ok)
        QCOMPARE(read.error().message, u"f:1:65: objects and arrays are nested more than 64 deep"_s);
}

void TestJsonReader::everyCutIsAnError()
{
    const QByteArray whole(sample);
    QVERIFY(parseJson(whole, u"f"_s));
    for (qsizetype size = 0; size < whole.size(); ++size) {
        const auto read = parseJson(whole.first(size), u"f"_s);
        QVERIFY2(!read, qPrintable(QString::number(size)));
        QVERIFY2(read.error().message.startsWith("f:1:"_L1), qPrintable(read.error().message));
    }
}

void TestJsonReader::offsetInString_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<int>("position");
    QTest::addColumn<qsizetype>("offset");
    QTest::newRow("the first") << R"("abc")"_ba << 1 << qsizetype(1);
    QTest::newRow("plain") << R"("abc")"_ba << 3 << qsizetype(3);
    QTest::newRow("after an escape") << R"("a\nc")"_ba << 3 << qsizetype(4);
    QTest::newRow("after a unicode escape") << R"("a\u0041c")"_ba << 3 << qsizetype(8);
    QTest::newRow("after a surrogate pair") << R"("\ud83d\ude00c")"_ba << 2 << qsizetype(13);
    QTest::newRow("after an umlaut") << "\"äc\""_ba << 2 << qsizetype(3);
    QTest::newRow("beyond the end") << R"("abc")"_ba << 9 << qsizetype(4);
}

void TestJsonReader::offsetInString()
{
    QFETCH(const QByteArray, json);
    QFETCH(const int, position);
    QFETCH(const qsizetype, offset);
    QCOMPARE((JsonSource { json, {} }.offsetInString(0, position)), offset);
}

QTEST_GUILESS_MAIN(TestJsonReader)
#include "tst_jsonreader.moc"
