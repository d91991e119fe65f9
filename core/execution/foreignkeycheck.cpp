// SPDX-License-Identifier: GPL-3.0-or-later
#include "execution/foreignkeycheck.h"

#include "execution/keyconstraints.h"

#include <QHash>
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

/// The values for which a constraint does not hold; of unknown ones, those where it may not.
class BrokenKeys
{
public:
    BrokenKeys(TransactionContext& transaction, const QStringList& known)
        : m_transaction(transaction)
        , m_known(known)
    {
    }
    /// An error if one is not known.
    [[nodiscard]] Result<void> look(const KeyQuestion& question, const TableEffects& table);
    [[nodiscard]] const QStringList& found() const { return m_found; }

private:
    TransactionContext& m_transaction;
    const QStringList& m_known; // as dangledBeforehandText() has them
    QStringList m_found;
};

Result<void> BrokenKeys::look(const KeyQuestion& question, const TableEffects& table)
{
    const auto keys = changedKeyTexts(table, question.columns, question.about, question.nullsAreEqual);
    if (!keys) {
        const auto found = m_transaction.query({ question.everything, {} });
        if (!found)
            return found.error();
        return found->rows.isEmpty() ? Result<void>() : violated(question, table.name, {});
    }
    const bool isReference = question.rule == KeyQuestion::Rule::Reference;
    QList<QStringList> broken;
    for (qsizetype first = 0; first < keys->size(); first += keysAtOnce) {
        const auto found = m_transaction.query({ isReference ? question.sql : question.sql + " LIMIT 1",
                                                 keyArrays(*keys, first, question.columns.size()) });
        if (!found)
            return found.error();
        if (!isReference && !found->rows.isEmpty())
            return violated(question, table.name, found->rows.constFirst());
        for (const Row& row : found->rows)
            std::ranges::transform(row, std::back_inserter(broken.emplaceBack()), &Value::toText);
    }
    // A row that was put in anew, as one of several that exchange values, refers to what it referred to.
    if (const auto gains
        = broken.isEmpty() || question.about == KeySide::Gone ? std::nullopt : keyGains(table, question.columns))
        broken.removeIf([&](const QStringList& value) { return gains->value(value) <= 0; });
    std::ranges::sort(broken);
    const QStringList texts = danglingTexts(question.names, broken);
    for (qsizetype i = 0; i < texts.size(); ++i) {
        if (m_known.contains(dangledBeforehandText(texts.at(i))))
            continue;
        Row values;
        std::ranges::transform(broken.at(i), std::back_inserter(values), &Value::text);
        return violated(question, table.name, values);
    }
    m_found += texts;
    m_found.removeDuplicates();
    return {};
}

/// How many more rows refer to each value of the key than before. None: the effects cannot tell.
std::optional<QHash<QStringList, qint64>> gainsOf(const TargetEffects& effects, const ReferenceNames& names)
{
    const auto child = std::ranges::find_if(effects.tables, [&](const TableEffects& table) {
        return table.name.schema + u'.' + table.name.table == names.child;
    });
    return child == effects.tables.end() ? QHash<QStringList, qint64>() : keyGains(*child, names.columns);
}

/// Of the values, those that rows referred to before the effects.
Result<QList<QStringList>> referredBefore(TransactionContext& transaction, const GainedKey& key,
                                          const PostgresKeyTexts& values, const QHash<QStringList, qint64>& gains)
{
    QList<QStringList> referred;
    for (qsizetype first = 0; first < values.size(); first += keysAtOnce) {
        const auto counts = transaction.query({ key.sql, keyArrays(values, first, key.columns.size()) });
        if (!counts)
            return counts.error();
        for (const Row& row : counts->rows) {
            QStringList value;
            std::ranges::transform(row.first(key.columns.size()), std::back_inserter(value), &Value::toText);
            if (row.last().toInteger() > gains.value(value))
                referred.append(value);
        }
    }
    std::ranges::sort(referred);
    return referred;
}

/// References that led nowhere until these effects brought the row. A trigger that keeps a foreign key's action from
/// a row leaves such a one, with no error: so an undo may meet it.
Result<QStringList> ledNowhere(TransactionContext& transaction, const TargetEffects& effects)
{
    QStringList texts;
    const auto keys = gainedKeys(transaction, effects);
    if (!keys)
        return keys.error();
    for (const GainedKey& key : *keys) {
        const TableEffects& parent = effects.tables.at(key.table);
        auto kept = changedKeyTexts(parent, key.columns, KeySide::Kept);
        const auto gone = changedKeyTexts(parent, key.columns, KeySide::Gone);
        const auto gains = gainsOf(effects, key.names);
        if (!kept || !gone || !gains)
            continue;
        kept->removeIf([known = QSet(gone->begin(), gone->end())](const auto& value) { return known.contains(value); });
        const auto referred = referredBefore(transaction, key, *kept, *gains);
        if (!referred)
            return referred.error();
        texts += danglingTexts(key.names, *referred);
    }
    return texts;
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
    BrokenKeys broken(transaction, known);
    for (const KeyQuestion& question : *questions) {
        if (auto held = broken.look(question, effects.tables.at(question.table)); !held)
            return held;
    }
    const auto before = ledNowhere(transaction, effects);
    if (!before)
        return before.error();
    for (const QString& text : broken.found())
        effects.cautions.append({ danglingNow, text });
    for (const QString& text : *before)
        effects.cautions.append({ dangledBeforehand, dangledBeforehandText(text) });
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
