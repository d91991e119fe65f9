// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/sqliteauthorizer.h"

#include <algorithm>
#include <array>
#include <sqlite3.h>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

constexpr std::array readingAlways {
    "foreign_key_check"_L1, "foreign_key_list"_L1, "index_info"_L1, "index_list"_L1, "index_xinfo"_L1,
    "integrity_check"_L1,   "quick_check"_L1,      "table_info"_L1, "table_list"_L1, "table_xinfo"_L1,
};

constexpr std::array readingWithoutArgument {
    "application_id"_L1,
    "auto_vacuum"_L1,
    "automatic_index"_L1,
    "busy_timeout"_L1,
    "cache_size"_L1,
    "cache_spill"_L1,
    "cell_size_check"_L1,
    "checkpoint_fullfsync"_L1,
    "collation_list"_L1,
    "compile_options"_L1,
    "data_version"_L1,
    "database_list"_L1,
    "defer_foreign_keys"_L1,
    "encoding"_L1,
    "foreign_keys"_L1,
    "freelist_count"_L1,
    "fullfsync"_L1,
    "function_list"_L1,
    "ignore_check_constraints"_L1,
    "journal_mode"_L1,
    "journal_size_limit"_L1,
    "legacy_alter_table"_L1,
    "locking_mode"_L1,
    "max_page_count"_L1,
    "mmap_size"_L1,
    "module_list"_L1,
    "page_count"_L1,
    "page_size"_L1,
    "pragma_list"_L1,
    "query_only"_L1,
    "read_uncommitted"_L1,
    "recursive_triggers"_L1,
    "reverse_unordered_selects"_L1,
    "schema_version"_L1,
    "secure_delete"_L1,
    "synchronous"_L1,
    "temp_store"_L1,
    "threads"_L1,
    "trusted_schema"_L1,
    "user_version"_L1,
    "wal_autocheckpoint"_L1,
    "writable_schema"_L1,
};

bool isSchemaTable(const char* table)
{
    const QLatin1StringView name(table);
    return name == "sqlite_master"_L1 || name == "sqlite_temp_master"_L1;
}

QString refusal(int action, const char* first, const char* second)
{
    switch (action) {
    case SQLITE_TRANSACTION: return QString::fromUtf8(first);
    case SQLITE_SAVEPOINT: return QString::fromUtf8(first) + " SAVEPOINT"_L1;
    case SQLITE_ATTACH: return u"ATTACH"_s;
    case SQLITE_DETACH: return u"DETACH"_s;
    case SQLITE_PRAGMA: return isReadingPragma(first, second) ? QString() : "PRAGMA "_L1 + QString::fromUtf8(first);
    default: return {};
    }
}

void addAccess(SqliteActions& actions, SqliteAccess::Kind kind, const char* within, const char* database,
               const char* table, const char* column)
{
    if (!table || !isSchemaTable(table))
        actions.accesses.append({ kind, within, database, table, column });
}

void recordAccess(SqliteActions& actions, int action, const char* first, const char* second, const char* database,
                  const char* within)
{
    using Kind = SqliteAccess::Kind;
    switch (action) {
    case SQLITE_READ: return addAccess(actions, Kind::Read, within, database, first, second);
    case SQLITE_UPDATE: return addAccess(actions, Kind::Update, within, database, first, second);
    case SQLITE_INSERT: return addAccess(actions, Kind::Insert, within, database, first, nullptr);
    case SQLITE_DELETE: return addAccess(actions, Kind::Delete, within, database, first, nullptr);
    case SQLITE_CREATE_TABLE:
    case SQLITE_CREATE_TEMP_TABLE: return addAccess(actions, Kind::Create, within, database, first, nullptr);
    case SQLITE_SELECT: return addAccess(actions, Kind::Select, within, nullptr, nullptr, nullptr);
    case SQLITE_FUNCTION: return addAccess(actions, Kind::Call, within, nullptr, nullptr, second);
    default: break;
    }
}

void record(SqliteActions& actions, int action, const char* first, const char* second, const char* database)
{
    switch (action) {
    case SQLITE_DROP_TABLE:
    case SQLITE_DROP_TEMP_TABLE:
    case SQLITE_DROP_VTABLE:
        actions.rewritten.append({ QString::fromUtf8(database), QString::fromUtf8(first) });
        actions.changesSchema = true;
        break;
    case SQLITE_ALTER_TABLE: // (database, table)
        actions.rewritten.append({ QString::fromUtf8(first), QString::fromUtf8(second) });
        actions.changesSchema = true;
        break;
    case SQLITE_UPDATE: // of the schema also when a virtual table is connected; what changes it does more than that
        actions.changesRows = actions.changesRows || !isSchemaTable(first);
        break;
    case SQLITE_INSERT:
    case SQLITE_DELETE: (isSchemaTable(first) ? actions.changesSchema : actions.changesRows) = true; break;
    case SQLITE_ANALYZE:
    case SQLITE_REINDEX: actions.changesSchema = true; break;
    case SQLITE_FUNCTION: // its name is the second
        if (const QString name = QString::fromUtf8(second).toLower(); !actions.functions.contains(name))
            actions.functions.append(name);
        break;
    default: break;
    }
}

} // namespace

bool isReadingPragma(QByteArrayView name, const char* argument)
{
    const auto is = [&](QLatin1StringView known) {
        return QLatin1StringView(name.data(), name.size()).compare(known, Qt::CaseInsensitive) == 0;
    };
    return std::ranges::any_of(readingAlways, is) || (!argument && std::ranges::any_of(readingWithoutArgument, is));
}

int authorizeSqlite(SqliteActions& actions, bool guarded, int action, const char* first, const char* second,
                    const char* database, const char* within)
{
    if (guarded) {
        if (const QString refused = refusal(action, first, second); !refused.isEmpty()) {
            actions.denied = refused;
            return SQLITE_DENY;
        }
    }
    record(actions, action, first, second, database);
    recordAccess(actions, action, first, second, database, within);
    return SQLITE_OK;
}

} // namespace holdpoint
