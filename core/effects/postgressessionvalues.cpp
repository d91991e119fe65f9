// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/postgressessionvalues.h"

#include <QRegularExpression>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

const QString sessionValues
    = u"pg_backend_pid|inet_client_(port|addr)|pg_stat_(activity|ssl|gssapi|replication|get_activity)"
      "|pg_stat_get_backend_\\w+|pg_locks|pg_lock_status|pg_blocking_pids|pg_my_temp_schema|pg_temp\\w*"_s;

} // namespace

bool namesSessionValues(const QString& text)
{
    static const QRegularExpression names(u"\\b("_s + sessionValues + u")\\b"_s,
                                          QRegularExpression::CaseInsensitiveOption);
    return names.match(text).hasMatch();
}

Statement sessionValuesQuestion(bool views)
{
    static const QByteArray text = R"sql(
SELECT EXISTS (SELECT FROM pg_proc WHERE oid >= 16384 AND prosrc ~* $1)
    OR $2::bool AND EXISTS (SELECT FROM pg_class WHERE oid >= 16384 AND relkind = 'v' AND pg_get_viewdef(oid) ~* $1))sql";
    return { text, { Value::text(u"\\m("_s + sessionValues + u")\\M"_s), Value::boolean(views) }, true };
}

} // namespace holdpoint
