// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "differential/otherstally.h"
#include "differential/postgresuntouched.h"
#include "support/othersessions.h"

#include <array>

namespace holdpoint::differential {

/// What other sessions may do beside a batch.
struct OthersMay
{
    RowTexts writeAgain; ///< which the batch does not touch
    bool insert = false; ///< rows that the batch does not meet: each of its statements asks for some value
};

/// Other sessions in the database of a batch, none of which may be told as drift or stop it. What they commit leaves
/// every table's content as it is: they write rows that the batch does not touch again, with equal values, or delete
/// and insert them; they insert rows and delete them in the same transaction, or at their end. What they do to the
/// batch's own rows they roll back, or they only lock them. They vacuum tables. Triggers, rules and foreign keys do not
/// run for them. None of them waits for the batch longer than `patience`, so that it never waits for them much longer.
class PostgresOthers
{
public:
    static constexpr int patience = 50; ///< milliseconds

    PostgresOthers(const QString& uri, const OthersMay& may, quint32 seed, OthersTally& tally);
    ~PostgresOthers(); ///< they have stopped, and what they did is in the tally
    Q_DISABLE_COPY_MOVE(PostgresOthers)

private:
    OthersTally& m_tally;
    std::array<OthersTally, OtherSessions::count> m_each;
    std::unique_ptr<OtherSessions> m_sessions;
};

} // namespace holdpoint::differential
