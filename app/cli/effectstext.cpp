// SPDX-License-Identifier: GPL-3.0-or-later
#include "effectstext.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace holdpoint::cli {

namespace {

constexpr qsizetype longestValue = 48;

// A value on one line: control characters shown, long ones cut, text told from NULL and numbers by quotes.
QString shown(const Value& value)
{
    QString text = value.display();
    const bool isText = value.kind() == Value::Kind::Text || value.kind() == Value::Kind::RawText;
    text.replace(u'\n', u'⏎').replace(u'\r', u'␍').replace(u'\t', u'␉');
    text.removeIf([](QChar c) { return c.category() == QChar::Other_Control; });
    if (text.size() > longestValue)
        text = text.left(longestValue - 1) + u'…';
    return isText ? u'\'' + text + u'\'' : text;
}

QString pairs(const TableEffects& table, const Row& row)
{
    QStringList parts;
    for (int column = 0; column < row.size(); ++column)
        parts.append(table.columns.at(column) + u'=' + shown(row.at(column)));
    return parts.join(u"  "_s);
}

QString changes(const TableEffects& table, const RowChange& row)
{
    QStringList parts;
    for (int column = 0; column < row.after.size(); ++column) {
        if (row.before.at(column) == row.after.at(column))
            continue;
        const QString mark = row.volatileColumns.contains(column) ? u" (volatile)"_s : QString();
        parts.append(u"%1: %2 → %3%4"_s.arg(table.columns.at(column), shown(row.before.at(column)),
                                            shown(row.after.at(column)), mark));
    }
    return parts.join(u"  "_s);
}

QString keyText(const TableEffects& table, const RowChange& row)
{
    QStringList parts;
    const Row& image = row.before.isEmpty() ? row.after : row.before;
    for (const int column : table.keyColumns)
        parts.append(table.columns.at(column) + u'=' + shown(image.at(column)));
    return parts.isEmpty() ? u"(no key)"_s : parts.join(u", "_s);
}

QString causeText(const RowChange& row)
{
    const QString by = row.command ? u"command %1"_s.arg(*row.command) : u"command not known"_s;
    return row.origin == Origin::Direct ? by : u"indirect, "_s + by;
}

QStringList cells(const TableEffects& table, const RowChange& row)
{
    switch (row.change) {
    case ChangeKind::Insert: return { u"+"_s, keyText(table, row), causeText(row), pairs(table, row.after) };
    case ChangeKind::Update: return { u"~"_s, keyText(table, row), causeText(row), changes(table, row) };
    case ChangeKind::Delete: return { u"-"_s, keyText(table, row), causeText(row), pairs(table, row.before) };
    }
    Q_UNREACHABLE();
}

Ink inkOf(const QString& line)
{
    switch (line.trimmed().at(0).unicode()) {
    case '+': return Ink::Green;
    case '~': return Ink::Yellow;
    case '-': return Ink::Red;
    default: return Ink::Plain;
    }
}

QString counts(const TableEffects& table)
{
    QStringList parts;
    if (table.inserted > 0)
        parts.append(u"%1 inserted"_s.arg(table.inserted));
    if (table.updated > 0)
        parts.append(u"%1 updated"_s.arg(table.updated));
    if (table.deleted > 0)
        parts.append(u"%1 deleted"_s.arg(table.deleted));
    return parts.join(u", "_s);
}

// In few words, for who wonders how it is known.
QString wayText(CaptureWay way)
{
    switch (way) {
    case CaptureWay::Unknown:
    case CaptureWay::Hooked: return {};
    case CaptureWay::LookedUp: return u"  (looked up)"_s;
    case CaptureWay::Scanned: return u"  (scanned)"_s;
    case CaptureWay::Copied: return u"  (compared with a copy)"_s;
    }
    Q_UNREACHABLE();
}

QStringList tableText(const TableEffects& table, const Terminal& terminal, qint64 maxRows)
{
    QStringList lines;
    const QString name = table.name.schema + u'.' + table.name.table;
    const QString way = wayText(table.way);
    lines.append(u"  %1  %2%3%4"_s.arg(terminal.inked(Ink::Strong, name), counts(table),
                                       table.internal ? u"  (kept by the engine)"_s : QString(),
                                       way.isEmpty() ? way : terminal.inked(Ink::Dim, way)));
    if (!table.complete)
        lines.append(terminal.inked(Ink::Red, u"    NOT COMPLETE: %1"_s.arg(table.incompleteReason)));
    if (table.internal && maxRows == 0)
        return lines;
    QList<QStringList> rows;
    const qsizetype showing = std::min<qsizetype>(table.rows.size(), maxRows < 0 ? table.rows.size() : maxRows);
    for (qsizetype i = 0; i < showing; ++i)
        rows.append(cells(table, table.rows.at(i)));
    for (const QString& line : aligned(rows, u"    "_s))
        lines.append(terminal.inked(inkOf(line), line));
    if (showing < table.rows.size())
        lines.append(terminal.inked(
            Ink::Dim, u"    … and %1 more rows (--max-rows N shows more)"_s.arg(table.rows.size() - showing)));
    return lines;
}

QString sideText(const DriftRow& drift, const std::optional<RowChange>& change, bool after)
{
    if (!change)
        return u"(no change)"_s;
    const Row& row = after ? change->after : change->before;
    if (row.isEmpty())
        return u"(no row)"_s;
    TableEffects table;
    table.columns = drift.columns;
    return pairs(table, row);
}

} // namespace

QStringList aligned(const QList<QStringList>& rows, const QString& indent)
{
    QList<qsizetype> widths;
    for (const QStringList& row : rows) {
        for (qsizetype i = 0; i < row.size(); ++i) {
            if (widths.size() <= i)
                widths.append(0);
            widths[i] = std::max(widths[i], row.at(i).size());
        }
    }
    QStringList lines;
    for (const QStringList& row : rows) {
        QString line = indent;
        for (qsizetype i = 0; i < row.size(); ++i)
            line += i + 1 < row.size() ? row.at(i).leftJustified(widths[i] + 2) : row.at(i);
        lines.append(line);
    }
    return lines;
}

QStringList effectsText(const TargetEffects& effects, const Terminal& terminal, qint64 maxRows)
{
    QStringList lines { u"%1 (%2)"_s.arg(terminal.inked(Ink::Strong, effects.target), engineName(effects.engine)) };
    if (effects.tables.isEmpty() && effects.schemaChanges.isEmpty())
        lines.append(u"  no row changes"_s);
    for (const TableEffects& table : effects.tables)
        lines += tableText(table, terminal, table.internal ? 0 : maxRows);
    for (const SchemaChange& change : effects.schemaChanges) {
        lines.append(u"  %1 %2"_s.arg(terminal.inked(Ink::Strong, change.kind), change.object));
        if (!change.before.isEmpty())
            lines.append(terminal.inked(Ink::Red, u"    - "_s + change.before.simplified()));
        if (!change.after.isEmpty())
            lines.append(terminal.inked(Ink::Green, u"    + "_s + change.after.simplified()));
    }
    for (const Caution& caution : effects.cautions)
        lines.append(terminal.inked(Ink::Yellow, u"  caution (%1): %2"_s.arg(caution.code, caution.text)));
    return lines;
}

QStringList driftText(const QList<DriftRow>& drift, const Terminal& terminal, qint64 maxRows)
{
    QStringList lines;
    qint64 shownRows = 0;
    for (const DriftRow& row : drift) {
        if (maxRows >= 0 && shownRows++ == maxRows) {
            lines.append(terminal.inked(Ink::Dim, u"  … and %1 more"_s.arg(drift.size() - maxRows)));
            break;
        }
        QStringList key;
        for (const NamedValue& part : row.key)
            key.append(part.column + u'=' + shown(part.value));
        const QString where = row.table.table.isEmpty()
            ? row.target
            : u"%1: %2.%3 %4"_s.arg(row.target, row.table.schema, row.table.table, key.join(u", "_s));
        lines.append(u"  %1 %2"_s.arg(terminal.inked(Ink::Strong, where), row.text));
        if (!row.preview && !row.now)
            continue;
        lines.append(u"    before at preview: "_s + sideText(row, row.preview, false));
        lines.append(u"    before now:        "_s + sideText(row, row.now, false));
        lines.append(u"    after at preview:  "_s + sideText(row, row.preview, true));
        lines.append(u"    after now:         "_s + sideText(row, row.now, true));
    }
    return lines;
}

} // namespace holdpoint::cli
