// SPDX-License-Identifier: GPL-3.0-or-later
#include "differential/postgrestypes.h"

using namespace Qt::StringLiterals;

namespace holdpoint::differential {

const char* const typesSql = R"sql(
CREATE EXTENSION citext;
CREATE EXTENSION hstore;
CREATE TYPE mood AS ENUM ('sad', 'so so', 'happy');
CREATE DOMAIN natural_number AS int CHECK (VALUE >= 0);
CREATE DOMAIN code AS varchar(12) CHECK (VALUE ~ '^[a-z0-9]*$');
CREATE TYPE address AS (street text, house int, moods mood[]);
CREATE TYPE floatrange AS RANGE (subtype = float8);
)sql";

namespace {

/// TOAST keeps it apart from its row: it does not compress well.
QString longText()
{
    QString text;
    quint32 state = 12345;
    while (text.size() < 9000) {
        state = state * 1664525 + 1013904223;
        text += QString::number(state, 36);
    }
    return text;
}

} // namespace

const QList<RandomType>& randomTypes()
{
    static const QList<RandomType> types {
        { u"int2"_s, { u"0"_s, u"-32768"_s, u"32767"_s } },
        { u"int8"_s, { u"0"_s, u"-9223372036854775808"_s, u"9223372036854775807"_s, u"9007199254740993"_s } },
        { u"numeric"_s,
          { u"0"_s, u"1.0"_s, u"1.00"_s, u"NaN"_s, u"Infinity"_s, u"-Infinity"_s,
            u"123456789012345678901234567890.123456789"_s },
          true },
        { u"numeric(9,3)"_s, { u"0.000"_s, u"-1.005"_s, u"999999.999"_s, u"NaN"_s } },
        { u"float4"_s, { u"0"_s, u"-0"_s, u"0.1"_s, u"NaN"_s, u"Infinity"_s, u"1e-38"_s }, true },
        { u"float8"_s, { u"0"_s, u"-0"_s, u"0.1"_s, u"NaN"_s, u"-Infinity"_s, u"1.7976931348623157e+308"_s }, true },
        { u"money"_s, { u"0"_s, u"-1.01"_s, u"92233720368547758.07"_s } },
        { u"bool"_s, { u"t"_s, u"f"_s } },
        { u"text"_s,
          { u""_s, u" "_s, u"NULL"_s, u"\\N"_s, u"tab\tand\nline"_s, u"it's \"quoted\""_s, u"\u20ac \U0001F600"_s,
            longText() } },
        { u"varchar(20)"_s, { u""_s, u"blank  "_s, u"\\"_s } },
        { u"char(5)"_s, { u""_s, u"ab"_s, u"abcde"_s } },
        { u"\"char\""_s, { u"a"_s, u"\\"_s } },
        { u"name"_s, { u"pg_class"_s, u"Odd Name"_s } },
        { u"bytea"_s, { u"\\x"_s, u"\\x00ff27"_s, u"\\x5c6e0a"_s } },
        { u"date"_s, { u"2024-02-29"_s, u"infinity"_s, u"-infinity"_s, u"0044-03-15 BC"_s, u"5874897-12-31"_s } },
        { u"time"_s, { u"00:00:00"_s, u"24:00:00"_s, u"12:34:56.789012"_s } },
        { u"timetz"_s, { u"00:00:00+00"_s, u"12:34:56.7+05:30"_s } },
        { u"timestamp"_s, { u"2024-03-31 02:30:00"_s, u"infinity"_s, u"0001-01-01 00:00:00 BC"_s } },
        { u"timestamptz"_s, { u"2024-03-31 02:30:00.000001+02"_s, u"-infinity"_s, u"294276-12-31 23:59:59+00"_s } },
        { u"interval"_s, { u"0"_s, u"1 year -2 mons 3 days -04:05:06.7"_s, u"-178000000 years"_s } },
        { u"uuid"_s, { u"00000000-0000-0000-0000-000000000000"_s, u"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"_s } },
        { u"json"_s, { u"{ \"a\" : 1,  \"a\": 2 }"_s, u"null"_s, u"[1.0, 1.00, \"\\u20ac\"]"_s } },
        { u"jsonb"_s, { u"{\"a\": [1.0, null, {\"b\": \"x\"}]}"_s, u"null"_s, u"\"text\""_s } },
        { u"jsonpath"_s, { u"$.a[*] ? (@ > 1)"_s } },
        { u"xml"_s, { u"<a b=\"1\">x</a>"_s, u"text only"_s } },
        { u"point"_s, { u"(0,-0)"_s, u"(1.5,Infinity)"_s, u"(NaN,1)"_s } },
        { u"line"_s, { u"{1,-1,0}"_s } },
        { u"lseg"_s, { u"[(0,0),(1,1)]"_s } },
        { u"box"_s, { u"(1,1),(0,0)"_s, u"(2,1),(0,0)"_s } },
        { u"path"_s, { u"[(0,0),(1,1),(2,0)]"_s, u"((0,0),(1,1),(2,0))"_s } },
        { u"polygon"_s, { u"((0,0),(1,1),(2,0))"_s } },
        { u"circle"_s, { u"<(0,0),1>"_s, u"<(0,0),1.5>"_s } },
        { u"inet"_s, { u"10.0.0.1"_s, u"10.0.0.1/8"_s, u"::ffff:1.2.3.4"_s } },
        { u"cidr"_s, { u"10.0.0.0/8"_s, u"2001:db8::/32"_s } },
        { u"macaddr"_s, { u"08:00:2b:01:02:03"_s } },
        { u"macaddr8"_s, { u"08:00:2b:ff:fe:01:02:03"_s } },
        { u"bit(8)"_s, { u"00000000"_s, u"10100101"_s } },
        { u"bit varying"_s, { u""_s, u"101"_s } },
        { u"tsvector"_s, { u"'a':1A 'b':2,3"_s, u""_s } },
        { u"tsquery"_s, { u"'a' & !'b' | 'c':*"_s } },
        { u"int4range"_s, { u"empty"_s, u"[1,5)"_s, u"(,)"_s } },
        { u"numrange"_s, { u"[1.0,2.00]"_s, u"[1,2.0]"_s }, true },
        { u"tstzrange"_s, { u"[2024-01-01 00:00:00+00,infinity)"_s } },
        { u"int8multirange"_s, { u"{}"_s, u"{[1,3),[5,8)}"_s } },
        { u"floatrange"_s, { u"[-0,1.5)"_s }, true },
        { u"oid"_s, { u"0"_s, u"4294967295"_s } },
        { u"pg_lsn"_s, { u"16/B374D848"_s } },
        { u"xid8"_s, { u"18446744073709551615"_s } },
        { u"regclass"_s, { u"pg_class"_s, u"-"_s } },
        { u"int4[]"_s, { u"{}"_s, u"{1,NULL,3}"_s, u"{{1,2},{3,4}}"_s, u"[2:3]={5,6}"_s } },
        { u"text[]"_s, { u"{}"_s, u"{\"\",NULL,\"NULL\",\"a,b\",\"q\\\"\\\\\"}"_s } },
        { u"numeric[]"_s, { u"{1.0,NaN}"_s } },
        { u"mood"_s, { u"sad"_s, u"so so"_s, u"happy"_s } },
        { u"mood[]"_s, { u"{sad,\"so so\"}"_s } },
        { u"natural_number"_s, { u"0"_s, u"7"_s } },
        { u"code"_s, { u""_s, u"abc1"_s } },
        { u"address"_s, { u"(,,)"_s, u"(\"Main, street\",7,\"{sad,happy}\")"_s, u"(\"\",,{})"_s } },
        { u"address[]"_s, { u"{\"(x,1,{})\",NULL}"_s } },
        { u"citext"_s, { u"ABC"_s, u"abc"_s }, true },
        { u"hstore"_s, { u"\"a\"=>\"1\", \"b\"=>NULL"_s, u""_s } },
    };
    return types;
}

} // namespace holdpoint::differential
