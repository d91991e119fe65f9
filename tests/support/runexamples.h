// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "journal/run.h"
#include "support/effectsrows.h"

#include <limits>

namespace holdpoint {

using namespace Qt::StringLiterals;

inline CommandReport command(int index, const QString& operation, CommandStatus status, qint64 rows,
                             double milliseconds)
{
    CommandReport report;
    report.index = index;
    report.operation = operation;
    report.target = u"shop"_s;
    report.description = u"what it does"_s;
    report.status = status;
    report.rows = rows;
    report.milliseconds = milliseconds;
    return report;
}

inline TargetEffects orders()
{
    RowChange updated = updatedRow({ number(1), number(5) }, { number(1), number(6) });
    updated.command = 0;
    RowChange cascaded = deletedRow({ number(2), Value() });
    cascaded.origin = Origin::Indirect;
    TargetEffects effects
        = shopEffects({ tableEffects(u"orders"_s, { u"id"_s, u"total"_s }, { 0 }, { updated, cascaded }) });
    effects.cautions.append({ u"sequence-advanced"_s, u"The sequence of orders went on to 7"_s });
    return effects;
}

inline Run preview()
{
    Run run;
    run.id = u"01HXXXXXXXXXXXXXXXXXXXXXXX"_s;
    run.kind = RunKind::Preview;
    run.outcome = Outcome::Ready;
    run.digest = u"sha256:abc"_s;
    run.commands = { command(0, u"update"_s, CommandStatus::Ok, 1, 0.4) };
    run.effects = { orders() };
    return run;
}

inline Error foreignKeyError()
{
    Error error = makeError(ErrorKind::Statement, u"violates foreign key"_s, u"Key (c)=(9) is not present"_s);
    error.sqlState = u"23503"_s;
    error.constraint = u"orders_customer_fkey"_s;
    error.position = 17;
    return error;
}

inline Run applied()
{
    Run run;
    run.id = u"01HXXXXXXXXXXXXXXXXXXXXXXX"_s;
    run.kind = RunKind::Apply;
    run.title = u"Refund order 4711"_s;
    run.started = QDateTime(QDate(2026, 1, 31), QTime(12, 0), Qt::UTC);
    run.ended = run.started.addMSecs(1234);
    run.outcome = Outcome::Committed;
    run.digest = u"sha256:abc"_s;
    TargetReport target;
    target.name = u"shop"_s;
    target.uri = u"sqlite:/srv/shop.db"_s;
    target.outcome = Outcome::Committed;
    target.evidence = { { u"xid"_s, std::numeric_limits<qint64>::max() } };
    run.targets = { target };
    run.commands = { command(0, u"update"_s, CommandStatus::Ok, 1, 0.4) };
    run.effects = { orders() };
    return run;
}

} // namespace holdpoint
