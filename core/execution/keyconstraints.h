// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/dangling.h"
#include "effects/postgreskeyvalues.h"
#include "transaction/transactioncontext.h"

namespace holdpoint {

/// A question about values of one changed table, asked for many of them at once: parameter n is a JSON array with the
/// texts of column n. It answers with the rows of values for which a constraint does not hold, at the end of its text
/// there is room for a LIMIT.
struct KeyQuestion
{
    enum class Rule { Reference, Unique };
    QString constraint;
    Rule rule = Rule::Reference;
    KeySide about = KeySide::Kept;
    qsizetype table = 0; ///< its place in the effects
    QStringList columns;
    bool nullsAreEqual = false; ///< NULL is a value like any other, and a JSON null in its array
    QByteArray sql;
    QByteArray everything; ///< the same without values, over all rows of the tables
    ReferenceNames names; ///< of a reference
    QByteArray counts; ///< of a reference to values that are gone: how many rows refer to each
};

/// What suppressed triggers leave unchecked on PostgreSQL, of every constraint that concerns a changed table: foreign
/// keys from it and to it, and unique keys and exclusions that are deferrable. Error: an exclusion on an expression,
/// for which there is no question. In the session's thread.
[[nodiscard]] Result<QList<KeyQuestion>> keyQuestions(TransactionContext& transaction, const TargetEffects& effects);

} // namespace holdpoint
