// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/postgresrelation.h"

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
    /// elsewhere now, or may.
    [[nodiscard]] Result<QList<Caution>> cautions(const PostgresWorlds& worlds, const QList<qint64>& oids) const;

private:
    struct Position
    {
        Value last; ///< NULL: not used
        Value file;
        Value start; ///< its START, where it most likely stands before it is used
        bool readable = true; ///< false also of a temporary one, which only its own session can read
    };
    /// A sequence as it is now.
    struct Sequence
    {
        QByteArray name; ///< quoted
        QString shownName;
        Position position;
        bool isSet = false; ///< used by nextval() or setval(), and not only altered
    };
    [[nodiscard]] static Result<std::optional<Caution>> moved(const PostgresWorlds& worlds, const Position& earlier,
                                                              const Sequence& now);

    QHash<qint64, Position> m_earlier;
    bool m_remembered = false;
    std::optional<Error> m_error;
};

} // namespace holdpoint
