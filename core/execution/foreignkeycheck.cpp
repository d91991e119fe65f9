// SPDX-License-Identifier: GPL-3.0-or-later
#include "execution/foreignkeycheck.h"

#include "effects/undoable.h"
#include "execution/keyconstraints.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QSet>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

constexpr qsizetype valuesAtOnce = 10000;

Error violated(const KeyQuestion& question, const TableName& table, const Row& values)
{
    QStringList texts;
    for (qsizetype i = 0; i < std::min(question.columns.size(), values.size()); ++i)
        texts.append(question.columns.at(i) + " = "_L1 + values.at(i).display());
    const bool unique = question.rule == KeyQuestion::Rule::Unique;
    Error error = makeError(
        ErrorKind::Statement,
        u"%1 %2 would be violated"_s.arg(unique ? u"Unique key"_s : u"Foreign key"_s, question.constraint), {},
        unique ? u"A row that was added since has a value that this gives back to another"_s
               : u"A row that was added since refers to a row that this takes away, or the other way round"_s);
    if (!texts.isEmpty())
        error.detail = u"%1.%2: %3"_s.arg(table.schema, table.table, texts.join(", "_L1));
    error.sqlState = unique ? u"23505"_s : u"23503"_s;
    error.constraint = question.constraint;
    error.schema = table.schema;
    error.table = table.table;
    return error;
}

/// As the server reads it back; none where JSON cannot say it.
std::optional<QString> literal(const Value& value)
{
    switch (value.kind()) {
    case Value::Kind::Boolean: return value.toBoolean() ? u"true"_s : u"false"_s;
    case Value::Kind::Integer: return QString::number(value.toInteger());
    case Value::Kind::Real: return QString::fromLatin1(shortestDecimal(value.toReal()));
    case Value::Kind::Text: return value.toText();
    case Value::Kind::Blob: return "\\x"_L1 + QString::fromLatin1(value.toBytes().toHex());
    case Value::Kind::Null:
    case Value::Kind::RawText: break;
    }
    return {};
}

/// Some columns of the rows that a table's effects brought, or took away.
class ChangedValues
{
public:
    /// Nothing if the effects cannot tell.
    [[nodiscard]] static std::optional<ChangedValues> of(const TableEffects& table, const KeyQuestion& question);
    [[nodiscard]] const QList<QStringList>& rows() const { return m_rows; }

private:
    explicit ChangedValues(bool nullsAreEqual)
        : m_nullsAreEqual(nullsAreEqual)
    {
    }
    [[nodiscard]] bool add(const Row& image, const Row& other, const QList<int>& places);

    bool m_nullsAreEqual;

    QList<QStringList> m_rows; // a null text is NULL
    QSet<QStringList> m_known;
};

bool ChangedValues::add(const Row& image, const Row& other, const QList<int>& places)
{
    const auto isSame = [&](int place) { return image.at(place) == other.at(place); };
    if (image.isEmpty() || (!other.isEmpty() && std::ranges::all_of(places, isSame)))
        return true;
    QStringList values;
    for (const int place : places) {
        const Value& value = image.at(place);
        if (value.isNull() && !m_nullsAreEqual)
            return true; // refers to nothing, equals nothing
        const auto text = value.isNull() ? std::optional(QString()) : literal(value);
        if (!text)
            return false;
        values.append(value.isNull() || !text->isNull() ? *text : u""_s);
    }
    const qsizetype known = m_known.size();
    QStringList identity; // a null text equals an empty one
    for (const QString& text : std::as_const(values))
        identity.append(text.isNull() ? u"n"_s : u't' + text);
    m_known.insert(identity);
    if (m_known.size() > known)
        m_rows.append(std::move(values));
    return true;
}

std::optional<ChangedValues> ChangedValues::of(const TableEffects& table, const KeyQuestion& question)
{
    QList<int> places;
    for (const QString& column : question.columns)
        places.append(static_cast<int>(table.columns.indexOf(column)));
    if (places.contains(-1) || !table.complete || table.rows.size() != table.inserted + table.updated + table.deleted)
        return {};
    ChangedValues values(question.nullsAreEqual);
    const bool kept = question.about == KeyQuestion::About::Kept;
    for (const RowChange& row : table.rows) {
        if (!values.add(kept ? row.after : row.before, kept ? row.before : row.after, places))
            return {};
    }
    return values;
}

QList<Value> parametersOf(const QList<QStringList>& rows, qsizetype first, qsizetype columns)
{
    QList<Value> parameters;
    for (qsizetype column = 0; column < columns; ++column) {
        QJsonArray texts;
        for (qsizetype row = first; row < std::min(first + valuesAtOnce, rows.size()); ++row)
            texts.append(rows.at(row).at(column).isNull() ? QJsonValue() : QJsonValue(rows.at(row).at(column)));
        parameters.append(Value::text(QString::fromUtf8(QJsonDocument(texts).toJson(QJsonDocument::Compact))));
    }
    return parameters;
}

Result<void> ask(TransactionContext& transaction, const KeyQuestion& question, const TableEffects& table)
{
    const auto answer = [&](const Statement& statement, bool values) -> Result<void> {
        const auto found = transaction.query(statement);
        if (!found)
            return found.error();
        if (found->rows.isEmpty())
            return {};
        return violated(question, table.name, values ? found->rows.constFirst() : Row());
    };
    const auto changed = ChangedValues::of(table, question);
    if (!changed)
        return answer({ question.everything, {} }, false);
    for (qsizetype first = 0; first < changed->rows().size(); first += valuesAtOnce) {
        if (auto held = answer({ question.sql, parametersOf(changed->rows(), first, question.columns.size()) }, true);
            !held)
            return held;
    }
    return {};
}

} // namespace

Result<void> checkForeignKeys(TransactionContext& transaction, const TargetEffects& effects)
{
    if (transaction.engine() != EngineKind::PostgreSQL)
        return {}; // SQLite's capture tells, for checkDangling()
    const auto role = transaction.query({ "SELECT current_setting('session_replication_role')", {} });
    if (!role)
        return role.error();
    if (role->rows.constFirst().constFirst() != Value::text(u"replica"_s))
        return {}; // this user may not suppress triggers, so the server checks
    const auto questions = keyQuestions(transaction, effects);
    if (!questions)
        return questions.error();
    for (const KeyQuestion& question : *questions) {
        if (auto held = ask(transaction, question, effects.tables.at(question.table)); !held)
            return held;
    }
    return {};
}

Result<void> checkDangling(const TargetEffects& effects, const QStringList& known)
{
    for (const Caution& caution : effects.cautions) {
        if (caution.code != danglingNow || known.contains(dangledBeforehandText(caution.text)))
            continue;
        constexpr int foreignKeyFailed = 787; // SQLITE_CONSTRAINT_FOREIGNKEY
        Error error = makeError(ErrorKind::Statement, u"FOREIGN KEY constraint failed"_s, caution.text,
                                u"If it referred to nothing before the run too, add the row that it refers to first, or"
                                " undo all the same (--accept-differences)."_s);
        error.nativeCode = foreignKeyFailed;
        return error;
    }
    return {};
}

} // namespace holdpoint
