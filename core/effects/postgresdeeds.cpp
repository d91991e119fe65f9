// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/postgresdeeds.h"

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

/// Functions of the server's own that reach beyond the transaction: name, code, what it does.
struct Reaching
{
    QLatin1StringView name;
    QLatin1StringView code;
    QLatin1StringView what;
};

constexpr auto lock = "takes a lock that the session keeps beyond the transaction"_L1;
constexpr auto file = "reads or writes files of the server"_L1;
constexpr auto object = "works on large objects, whose content is not shown"_L1;
constexpr auto control = "acts on the server at once, whatever becomes of the transaction"_L1;

constexpr Reaching reachings[] = {
    { "pg_advisory_lock"_L1, "advisory-lock"_L1, lock },
    { "pg_advisory_lock_shared"_L1, "advisory-lock"_L1, lock },
    { "pg_try_advisory_lock"_L1, "advisory-lock"_L1, lock },
    { "pg_try_advisory_lock_shared"_L1, "advisory-lock"_L1, lock },
    { "pg_advisory_unlock"_L1, "advisory-lock"_L1, "gives back a lock of the session at once"_L1 },
    { "pg_advisory_unlock_shared"_L1, "advisory-lock"_L1, "gives back a lock of the session at once"_L1 },
    { "pg_advisory_unlock_all"_L1, "advisory-lock"_L1, "gives back locks of the session at once"_L1 },
    { "lo_import"_L1, "server-file"_L1, file },
    { "lo_export"_L1, "server-file"_L1, file },
    { "pg_read_file"_L1, "server-file"_L1, file },
    { "pg_read_binary_file"_L1, "server-file"_L1, file },
    { "pg_file_write"_L1, "server-file"_L1, file },
    { "pg_file_sync"_L1, "server-file"_L1, file },
    { "pg_file_rename"_L1, "server-file"_L1, file },
    { "pg_file_unlink"_L1, "server-file"_L1, file },
    { "lo_create"_L1, "large-object"_L1, object },
    { "lo_creat"_L1, "large-object"_L1, object },
    { "lo_from_bytea"_L1, "large-object"_L1, object },
    { "lo_put"_L1, "large-object"_L1, object },
    { "lo_unlink"_L1, "large-object"_L1, object },
    { "lo_truncate"_L1, "large-object"_L1, object },
    { "lo_truncate64"_L1, "large-object"_L1, object },
    { "lowrite"_L1, "large-object"_L1, object },
    { "pg_terminate_backend"_L1, "server-control"_L1, control },
    { "pg_cancel_backend"_L1, "server-control"_L1, control },
    { "pg_reload_conf"_L1, "server-control"_L1, control },
    { "pg_rotate_logfile"_L1, "server-control"_L1, control },
    { "pg_switch_wal"_L1, "server-control"_L1, control },
    { "pg_promote"_L1, "server-control"_L1, control },
    { "pg_create_restore_point"_L1, "server-control"_L1, control },
    { "pg_logical_emit_message"_L1, "server-control"_L1, control },
    { "pg_create_physical_replication_slot"_L1, "server-control"_L1, control },
    { "pg_create_logical_replication_slot"_L1, "server-control"_L1, control },
    { "pg_drop_replication_slot"_L1, "server-control"_L1, control },
    { "pg_replication_slot_advance"_L1, "server-control"_L1, control },
    { "pg_stat_reset"_L1, "server-control"_L1, control },
    { "pg_stat_reset_shared"_L1, "server-control"_L1, control },
};

/// " (by public.f)" for what a function does.
QString byWhom(const QString& function)
{
    return function.isEmpty() ? QString() : u" (by function %1)"_s.arg(function);
}

Caution notification(const QString& channel, const QString& by)
{
    const QString where = channel.isNull() ? u"a channel that is named at run time"_s : u"channel "_s + channel;
    return { u"notify"_s, u"a notification is sent on %1 at the commit"_s.arg(where) + byWhom(by) };
}

Caution setting(const QString& name, const QString& by)
{
    const QString which = name.isNull() ? u"a setting of the session"_s : u"the session's setting "_s + name;
    return { u"session-setting"_s, u"%1 is changed beyond the transaction"_s.arg(which) + byWhom(by) };
}

void addCall(const PostgresDeed& deed, QList<Caution>& cautions)
{
    const PostgresAct& call = deed.act;
    if (!call.schema.isEmpty() && call.schema != "pg_catalog"_L1)
        return;
    if (call.name == "pg_notify"_L1)
        cautions.append(notification(call.arguments.value(0), deed.by));
    if (call.name == "set_config"_L1 && call.arguments.value(2) != "true"_L1 && call.arguments.value(2) != "t"_L1)
        cautions.append(setting(call.arguments.value(0), deed.by));
    for (const Reaching& reaching : reachings) {
        if (call.name == reaching.name)
            cautions.append({ reaching.code, u"%1 %2"_s.arg(call.name, reaching.what) + byWhom(deed.by) });
    }
}

} // namespace

QList<Caution> deedCautions(const QList<PostgresDeed>& deeds)
{
    QList<Caution> cautions;
    for (const PostgresDeed& deed : deeds) {
        switch (deed.act.kind) {
        case PostgresAct::Kind::Call: addCall(deed, cautions); break;
        case PostgresAct::Kind::Notify: cautions.append(notification(deed.act.name, deed.by)); break;
        case PostgresAct::Kind::Program:
            cautions.append({ u"copy-program"_s,
                              u"COPY runs the program %1 on the server"_s.arg(deed.act.name) + byWhom(deed.by) });
            break;
        case PostgresAct::Kind::ServerFile:
            cautions.append({ u"server-file"_s,
                              u"COPY reads or writes the server's file %1"_s.arg(deed.act.name) + byWhom(deed.by) });
            break;
        case PostgresAct::Kind::SessionSetting: cautions.append(setting(deed.act.name, deed.by)); break;
        case PostgresAct::Kind::Language: break; // see untrustedLanguages()
        }
    }
    return cautions;
}

QList<Caution> functionCautions(const QList<PostgresFunction>& functions, const QSet<QString>& trustedExtensions)
{
    QList<Caution> cautions;
    for (const PostgresFunction& function : functions) {
        if (function.trusted || !function.isVolatile || function.schema == "pg_catalog"_L1
            || trustedExtensions.contains(function.extension))
            continue;
        if (function.extension == "dblink"_L1)
            cautions.append(
                { u"dblink"_s,
                  u"function %1 works on another server by a connection of its own"_s.arg(function.fullName()) });
        else
            cautions.append({ u"untrusted-function"_s,
                              u"function %1 is written in %2, in which it may act outside of the database"_s.arg(
                                  function.fullName(), function.language) });
    }
    return cautions;
}

Result<QList<Caution>> untrustedLanguages(Connection& connection, const QList<PostgresDeed>& deeds)
{
    QList<Caution> cautions;
    QSet<QString> known { u"plpgsql"_s };
    for (const PostgresDeed& deed : deeds) {
        if (deed.act.kind != PostgresAct::Kind::Language || known.contains(deed.act.name))
            continue;
        known.insert(deed.act.name);
        const auto rows = connection.query(
            { "SELECT lanpltrusted FROM pg_language WHERE lanname = $1", { Value::text(deed.act.name) } });
        if (!rows)
            return rows.error();
        if (rows->rows.value(0).value(0) == Value::boolean(false))
            cautions.append(
                { u"untrusted-function"_s,
                  u"a DO block is written in %1, in which it may act outside of the database"_s.arg(deed.act.name) });
    }
    return cautions;
}

} // namespace holdpoint
