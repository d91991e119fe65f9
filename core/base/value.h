// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QList>
#include <QString>

#include <variant>

namespace holdpoint {

/// One database value, as exact as the wire gave it; copying is cheap (shared data).
/// SQLite: the storage class. PostgreSQL: boolean, int2/4/8 as Integer, bytea as Blob, every
/// other type as the text that the server prints for it.
/// RawText is SQLite text that is not valid UTF-8, or that holds a NUL.
class Value
{
public:
    enum class Kind { Null, Boolean, Integer, Real, Text, Blob, RawText };

    Value() = default;
    static Value null() { return {}; }
    static Value boolean(bool value) { return Value(State(std::in_place_index<1>, value)); }
    static Value integer(qint64 value) { return Value(State(std::in_place_index<2>, value)); }
    static Value real(double value) { return Value(State(std::in_place_index<3>, value)); }
    static Value text(QString value) { return Value(State(std::in_place_index<4>, std::move(value))); }
    static Value blob(QByteArray value) { return Value(State(std::in_place_index<5>, Bytes { std::move(value) })); }
    static Value rawText(QByteArray value)
    {
        return Value(State(std::in_place_index<6>, RawBytes { std::move(value) }));
    }

    [[nodiscard]] Kind kind() const { return static_cast<Kind>(m_state.index()); }
    [[nodiscard]] bool isNull() const { return m_state.index() == 0; }

    // Each asks for exactly its kind; another kind is a programming error.
    [[nodiscard]] bool toBoolean() const { return std::get<1>(m_state); }
    [[nodiscard]] qint64 toInteger() const { return std::get<2>(m_state); }
    [[nodiscard]] double toReal() const { return std::get<3>(m_state); }
    [[nodiscard]] const QString& toText() const { return std::get<4>(m_state); }
    [[nodiscard]] const QByteArray& toBytes() const; ///< of Blob or RawText

    /// For people: NULL, numbers, text as it is, x'..' for bytes. Not for SQL, not reversible.
    [[nodiscard]] QString display() const;

    /// Same kind and same content; two NULLs are equal, 1 and 1.0 are not, NaN equals itself, 0.0 is not -0.0.
    friend bool operator==(const Value& left, const Value& right);
    /// A total order over all kinds, for sorting multisets of rows; it is not the database's collation.
    friend std::strong_ordering operator<=>(const Value& left, const Value& right);

private:
    struct Bytes
    {
        QByteArray bytes;
    };
    struct RawBytes
    {
        QByteArray bytes;
    };
    using State = std::variant<std::monostate, bool, qint64, double, QString, Bytes, RawBytes>;
    explicit Value(State state)
        : m_state(std::move(state))
    {
    }

    State m_state;
};

/// display(), but a null QString of NULL.
[[nodiscard]] QString textOrNull(const Value& value);

using Row = QList<Value>;

[[nodiscard]] std::strong_ordering compareRows(const Row& left, const Row& right);

/// IEEE total order as a number: tells -0.0 from 0.0 and orders NaN.
[[nodiscard]] qint64 totalOrder(double value);

/// The shortest decimal that reads back as the same double, always with a point or an exponent
/// ("5.0", "1e+300"); infinities are "1.0e309" and "-1.0e309", which readers of SQL and JSON take for infinities.
[[nodiscard]] QByteArray shortestDecimal(double value);

} // namespace holdpoint
