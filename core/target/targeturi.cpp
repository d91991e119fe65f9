// SPDX-License-Identifier: GPL-3.0-or-later
#include "target/targeturi.h"

#include <libpq-fe.h>

#include <memory>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

constexpr auto sqliteScheme = "sqlite:"_L1;

bool isPostgresUri(const QString& uri)
{
    return uri.startsWith("postgresql://"_L1) || uri.startsWith("postgres://"_L1);
}

Error uriError(const QString& name, const QString& message, const QString& hint = {})
{
    return makeError(ErrorKind::Usage, u"target \"%1\": %2"_s.arg(name, message), {}, hint);
}

Result<QString> sqlitePath(const QString& name, const QString& path, const QDir& base)
{
    if (path.isEmpty())
        return uriError(name, u"sqlite: needs the path of a file"_s);
    if (path.contains(QChar::Null))
        return uriError(name, u"the path holds the character NUL"_s);
    // QDir takes ":x" for a resource, and SQLite ":memory:" for a database that no other connection sees.
    if (path.startsWith(u':'))
        return uriError(name, u"%1 is not a file; a target must be one"_s.arg(path));
    if (path.startsWith("//"_L1) && !path.startsWith("///"_L1))
        return uriError(name, u"sqlite:%1 names a host; write sqlite:PATH"_s.arg(path));
    return QDir::cleanPath(base.absoluteFilePath(path));
}

// libpq quotes the part that it does not understand, which may be a password.
QString withoutQuotedParts(const QString& uri, const QString& message)
{
    const qsizetype at = uri.indexOf(u'@');
    const bool mayHoldSecret
        = (at >= 0 && QStringView(uri).first(at).count(u':') > 1) || uri.contains("password"_L1, Qt::CaseInsensitive);
    return mayHoldSecret ? message.section(u": \""_s, 0, 0) : message;
}

struct FreeOptions
{
    void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};
using ParsedOptions = std::unique_ptr<PQconninfoOption, FreeOptions>;

Result<void> checkPostgresUri(const QString& name, const QString& uri)
{
    if (uri.contains(QChar::Null))
        return uriError(name, u"the URI holds the character NUL"_s);
    char* message = nullptr;
    const ParsedOptions options(PQconninfoParse(uri.toUtf8().constData(), &message));
    const std::unique_ptr<char, decltype(&PQfreemem)> owner(message, PQfreemem);
    if (!options)
        return uriError(name, withoutQuotedParts(uri, QString::fromUtf8(message).trimmed()));
    for (const PQconninfoOption* option = options.get(); option->keyword; ++option) {
        const QLatin1StringView keyword(option->keyword);
        if (option->val && (keyword == "password"_L1 || keyword == "sslpassword"_L1))
            return uriError(name, u"a password must not stand in the URI: it would end in files and logs"_s,
                            u"put it into ~/.pgpass, PGPASSWORD, a service file or the desktop's secret service"_s);
    }
    return {};
}

} // namespace

bool isTargetUri(const QString& text)
{
    return text.startsWith(sqliteScheme) || isPostgresUri(text);
}

Result<Target> parseTargetUri(const QString& name, const QString& uri, const QDir& base)
{
    if (name.isEmpty())
        return makeError(ErrorKind::Usage, u"a target needs a name"_s);
    Target target;
    target.name = name;
    if (uri.startsWith(sqliteScheme)) {
        const auto path = sqlitePath(name, uri.sliced(sqliteScheme.size()), base);
        if (!path)
            return path.error();
        target.engine = EngineKind::SQLite;
        target.address = *path;
        return target;
    }
    if (!isPostgresUri(uri))
        return uriError(name, u"this is no target's URI"_s,
                        u"write sqlite:PATH or postgresql://user@host:port/dbname"_s);
    if (const auto checked = checkPostgresUri(name, uri); !checked)
        return checked.error();
    target.engine = EngineKind::PostgreSQL;
    target.address = uri;
    return target;
}

QString targetUri(const Target& target, const QDir& base)
{
    if (target.engine == EngineKind::PostgreSQL)
        return target.address;
    const QString root = QDir::cleanPath(base.absolutePath());
    const QString below = root.endsWith(u'/') ? root : root + u'/';
    if (!target.address.startsWith(below))
        return sqliteScheme + target.address;
    const QString path = target.address.sliced(below.size());
    return sqliteScheme + (path.startsWith(u':') ? "./"_L1 + path : path);
}

} // namespace holdpoint
