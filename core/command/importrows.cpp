// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/importrows.h"

#include "command/commandtext.h"
#include "command/csvfile.h"

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

/// Turns the records of one file into inserts: the first names the columns.
class Importer
{
public:
    Importer(CommandContext& context, const Table& table, const QString& file)
        : m_context(context)
        , m_table(table)
        , m_file(file)
        , m_counted(context.engine() != EngineKind::SQLite || table.kind != TableKind::View)
    {
    }

    Result<bool> take(const CsvRecord& record)
    {
        if (m_text.isEmpty())
            return takeHeader(record);
        if (m_context.shouldStop())
            return false;
        // SQLite does not count what INSTEAD OF triggers of a view do.
        const auto rows = m_counted ? std::optional<qint64>(1) : std::nullopt;
        m_context.submit({ m_text, record.fields }, { rows, csvPlace(m_file, record.line) }, &m_table);
        return true;
    }

private:
    Result<bool> takeHeader(const CsvRecord& record)
    {
        NamedValues columns;
        for (const Value& name : record.fields) {
            if (name.isNull() || name.toText().isEmpty())
                return makeError(
                    ErrorKind::Usage,
                    u"%1: column %2 has no name"_s.arg(csvPlace(m_file, record.line)).arg(columns.size() + 1));
            columns.append({ name.toText(), {} });
        }
        const auto statement = m_context.rowStatements().insert(m_context, m_table, columns);
        if (!statement) {
            Error error = statement.error();
            error.message.prepend(csvPlace(m_file, record.line) + ": "_L1);
            return error;
        }
        m_text = statement->text;
        return true;
    }

    CommandContext& m_context;
    const Table& m_table;
    const QString& m_file;
    bool m_counted;
    QByteArray m_text; // of the insert; empty before the header
};

} // namespace

ImportRows::ImportRows(QString target, TableName table, QString file, QString path)
    : m_target(std::move(target))
    , m_table(std::move(table))
    , m_file(std::move(file))
    , m_path(std::move(path))
{
}

QString ImportRows::operation() const
{
    return u"import"_s;
}

QString ImportRows::describe() const
{
    return shortened(u"import %1 from %2"_s.arg(nameOf(m_table), m_file), longestDescription);
}

Result<void> ImportRows::execute(CommandContext& context) const
{
    const auto table = context.table(m_table.schema, m_table.table);
    if (!table)
        return table.error();
    Importer importer(context, **table, m_file);
    return readCsv(m_path, m_file, [&](const CsvRecord& record) { return importer.take(record); });
}

bool ImportRows::equals(const StoreCommand& other) const
{
    const auto* import = dynamic_cast<const ImportRows*>(&other);
    return import && import->m_target == m_target && import->m_table == m_table && import->m_file == m_file
        && import->m_path == m_path;
}

} // namespace holdpoint
