// SPDX-License-Identifier: GPL-3.0-or-later
#include "execution/foreignkeycheck.h"

#include "execution/keyconstraints.h"

#include <QSet>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

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

/// The references that lead nowhere, of those that an undo may leave so.
class BrokenKeys
{
public:
    BrokenKeys(TransactionContext& transaction, const ToldDangling& told)
        : m_transaction(transaction)
        , m_told(told)
    {
    }
    /// An error if one was not told.
    [[nodiscard]] Result<void> look(const KeyQuestion& question, const TableEffects& table);
    [[nodiscard]] const QStringList& found() const { return m_found; }

private:
    using Keys = QSet<QStringList>;
    [[nodiscard]] Result<void> lookAtAll(const KeyQuestion& question, const TableEffects& table);
    [[nodiscard]] Result<PostgresKeyCounts> rowsOf(const KeyQuestion& question, const TableEffects& table,
                                                   const Keys& broken);

    TransactionContext& m_transaction;
    const ToldDangling& m_told;
    QStringList m_found;
};

Result<void> BrokenKeys::lookAtAll(const KeyQuestion& question, const TableEffects& table)
{
    const auto found = m_transaction.query({ question.everything, {} });
    if (!found)
        return found.error();
    return found->rows.isEmpty() ? Result<void>() : violated(question, table.name, {});
}

/// How many rows more than before refer by each, or to each that is gone.
Result<PostgresKeyCounts> BrokenKeys::rowsOf(const KeyQuestion& question, const TableEffects& table, const Keys& broken)
{
    PostgresKeyCounts rows;
    if (question.about == KeySide::Gone) {
        const auto counts = m_transaction.query(
            { question.counts, keyArrays(PostgresKeyTexts(broken.begin(), broken.end()), question.columns.size()) });
        if (!counts)
            return counts.error();
        for (const Row& row : counts->rows)
            rows.insert(keyIn(row, question.columns.size()), row.last().toInteger());
        return rows;
    }
    // A row that was put in anew, as one of several that exchange values, refers to what it referred to. Of a key that
    // a partition has alone, the effects do not tell which rows are in it.
    const bool isOfTable = question.names.child == table.name.schema + u'.' + table.name.table;
    const auto gains = isOfTable ? keyGains(table, question.columns, broken) : std::nullopt;
    for (const QStringList& key : broken) {
        if (const qint64 count = gains ? gains->value(key) : 1; count > 0)
            rows.insert(key, count);
    }
    return rows;
}

Result<void> BrokenKeys::look(const KeyQuestion& question, const TableEffects& table)
{
    const bool isReference = question.rule == KeyQuestion::Rule::Reference;
    Keys broken;
    const auto told = changedKeyTexts(
        table, question.columns, question.about, question.nullsAreEqual,
        [&](const PostgresKeyTexts& keys) -> Result<void> {
            const auto found = m_transaction.query(
                { isReference ? question.sql : question.sql + " LIMIT 1", keyArrays(keys, question.columns.size()) });
            if (!found)
                return found.error();
            if (!isReference && !found->rows.isEmpty())
                return violated(question, table.name, found->rows.constFirst());
            for (const Row& row : found->rows)
                broken.insert(keyIn(row, question.columns.size()));
            return {};
        });
    if (!told)
        return told.error();
    if (!*told)
        return lookAtAll(question, table);
    if (broken.isEmpty())
        return {};
    const auto rows = rowsOf(question, table, broken);
    if (!rows)
        return rows.error();
    const QList<DanglingValue> values = danglingValues(*rows);
    const QStringList texts = danglingTexts(question.names, values);
    for (qsizetype i = 0; i < texts.size(); ++i) {
        if (m_told.covers(texts.at(i)))
            continue;
        Row first;
        std::ranges::transform(values.at(i).texts, std::back_inserter(first), &Value::text);
        return violated(question, table.name, first);
    }
    m_found += texts;
    m_found.removeDuplicates();
    return {};
}

} // namespace

Result<void> checkForeignKeys(TransactionContext& transaction, const QStringList& known, TargetEffects& effects)
{
    if (transaction.engine() != EngineKind::PostgreSQL || effects.tables.isEmpty())
        return {}; // SQLite's capture tells, for checkDangling()
    const auto role = transaction.query({ "SELECT current_setting('session_replication_role')", {} });
    if (!role)
        return role.error();
    if (role->rows.constFirst().constFirst() != Value::text(u"replica"_s))
        return {}; // this user may not suppress triggers, so the server checks
    const auto questions = keyQuestions(transaction, effects);
    if (!questions)
        return questions.error();
    const ToldDangling told(known);
    BrokenKeys broken(transaction, told);
    for (const KeyQuestion& question : *questions) {
        if (auto held = broken.look(question, effects.tables.at(question.table)); !held)
            return held;
    }
    for (const QString& text : broken.found())
        effects.cautions.append({ danglingNow, text });
    return {};
}

Result<void> checkDangling(const TargetEffects& effects, const QStringList& known)
{
    const ToldDangling told(known);
    for (const Caution& caution : effects.cautions) {
        if (caution.code != danglingNow || told.covers(caution.text))
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
