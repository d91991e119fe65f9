// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/effects.h"
#include "session/postgresconnection.h"

#include <QHash>

namespace holdpoint {

/// Sequences do not follow transactions: a rollback does not take back what a batch drew from them.
class PostgresSequences
{
public:
    /// Just before the transaction, which would keep a lock on every sequence: submits its question. Reads nothing
    /// while another session alters one.
    void remember(PostgresConnection& now);
    /// "sequence-advanced" or "sequence-restarted" for those of `oids`, which the transaction locked, that stand
    /// elsewhere now.
    [[nodiscard]] Result<QList<Caution>> cautions(Connection& connection, const QList<qint64>& oids) const;

private:
    struct Position
    {
        Value last; ///< NULL: not used
        Value file;
        bool readable = true; ///< false also of a temporary one, which only its own session can read
    };
    /// A sequence as it is now.
    struct Sequence
    {
        QString name;
        Position position;
        bool used = false; ///< by nextval() or setval(), or altered
        std::optional<Value> first; ///< of one that is not used, what it will give, unless that is its START
    };
    [[nodiscard]] static Result<Sequence> sequenceOf(Connection& connection, const Row& row);
    [[nodiscard]] static std::optional<Caution> moved(const Position& earlier, const Sequence& now);

    QHash<qint64, Position> m_earlier;
    bool m_remembered = false;
    std::optional<Error> m_error;
};

} // namespace holdpoint
