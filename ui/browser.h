// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "execution/workbench.h"

#include <QObject>

namespace holdpoint {

/// The targets that the window knows, and a look into one of them: its tables and a page of one table's rows.
/// Asking never blocks; an answer to a question that was asked again is dropped. GUI thread.
class Browser : public QObject
{
    Q_OBJECT
public:
    static constexpr int PageRows = 500;

    /// `savedTargets` is the file of the saved list; empty: nothing is saved.
    Browser(std::shared_ptr<Workbench> workbench, QString savedTargets, QObject* parent = nullptr);

    [[nodiscard]] const QList<Target>& targets() const { return m_targets; }
    [[nodiscard]] const QList<Target>& savedTargets() const { return m_saved; }
    [[nodiscard]] const std::optional<Target>& current() const { return m_current; }

    [[nodiscard]] bool hasTable() const { return m_table.has_value(); }

    void load(); ///< reads the saved list
    /// Adds it, or replaces the one of that name; with `save`, also in the saved list.
    void add(const Target& target, bool save);
    void forget(const QString& name);
    void open(const QString& name); ///< makes it the current one and reads its tables
    void openTable(const TableName& table);
    void refresh(); ///< what is open, again

Q_SIGNALS:
    void targetsChanged(const QList<holdpoint::Target>& targets);
    void opening(const holdpoint::Target& target);
    void opened(const holdpoint::Target& target, const QList<holdpoint::Table>& tables);
    void openFailed(const holdpoint::Target& target, const holdpoint::Error& error);
    void tableOpening(const holdpoint::TableName& table);
    void tableOpened(const holdpoint::Target& target, const holdpoint::Workbench::Page& page);
    void tableFailed(const holdpoint::TableName& table, const holdpoint::Error& error);
    void failed(const QString& what, const holdpoint::Error& error);

private:
    void readTables();
    void saveList();

    std::shared_ptr<Workbench> m_workbench;
    QString m_savedFile;
    QList<Target> m_targets;
    QList<Target> m_saved;
    std::optional<Target> m_current;
    std::optional<TableName> m_table;
    quint64 m_tablesAsked = 0;
    quint64 m_pageAsked = 0;
};

} // namespace holdpoint
