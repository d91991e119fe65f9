// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "mainwindow.h"
#include "modeltext.h"

#include <QAbstractButton>
#include <QApplication>
#include <QLabel>
#include <QLineEdit>
#include <QSignalSpy>
#include <QTabWidget>
#include <QTableView>
#include <QTemporaryDir>

#include <source_location>

namespace holdpoint {

/// A window over a journal of its own, worked by clicks and keys on what an operator sees, found by object name.
/// Whatever is not there, hidden or disabled fails the test at the caller's line.
class WindowDriver
{
public:
    using Where = std::source_location;

    explicit WindowDriver(const std::shared_ptr<SecretSource>& secrets = nullptr)
    {
        auto journal = Journal::open(m_folder.filePath(QStringLiteral("journal.db"))).takeResult();
        if (!journal)
            qFatal("%s", qPrintable(journal.error().text()));
        m_workbench = std::make_shared<Workbench>(*journal, secrets);
        m_workspace = std::make_unique<Workspace>(m_workbench, targetList());
        m_window = std::make_unique<MainWindow>(*m_workspace);
        m_window->show();
        m_workspace->browser().load();
        m_workspace->history().refresh();
        activate();
    }

    /// What a window manager does when a dialog closes; the offscreen platform has none.
    void activate() const
    {
        m_window->activateWindow();
        if (!QTest::qWaitForWindowActive(m_window.get()))
            qFatal("the window did not become active");
    }

    [[nodiscard]] MainWindow& window() { return *m_window; }
    [[nodiscard]] Workspace& workspace() { return *m_workspace; }
    [[nodiscard]] QString targetList() const { return m_folder.filePath(QStringLiteral("targets.json")); }

    template <typename T> [[nodiscard]] T& find(const char* name, Where where = Where::current()) const
    {
        T* found = m_window->findChild<T*>(QLatin1StringView(name));
        if (!found)
            fail("there is none", name, where);
        return *found;
    }

    void click(const char* name, Where where = Where::current()) const
    {
        auto& button = find<QAbstractButton>(name, where);
        if (!button.isVisible() || !button.isEnabled())
            fail(button.isVisible() ? "is disabled" : "is hidden", name, where);
        // A radio button or check box is wider than what answers to a click.
        QTest::mouseClick(&button, Qt::LeftButton, {}, QPoint(10, button.height() / 2));
    }
    void type(const char* name, const QString& text, Where where = Where::current()) const
    {
        auto& field = find<QWidget>(name, where);
        if (!field.isVisible() || !field.isEnabled())
            fail(field.isVisible() ? "is disabled" : "is hidden", name, where);
        field.setFocus();
        QTest::keyClick(&field, Qt::Key_A, Qt::ControlModifier);
        QTest::keyClick(&field, Qt::Key_Delete);
        const QStringList lines = text.split(QLatin1Char('\n'));
        for (qsizetype line = 0; line < lines.size(); ++line) {
            if (line > 0)
                QTest::keyClick(&field, Qt::Key_Return);
            QTest::keyClicks(&field, lines.at(line));
        }
    }
    void clickCell(const char* view, const QString& text, Where where = Where::current()) const
    {
        QTest::mouseClick(visible(view, where).viewport(), Qt::LeftButton, {}, cell(view, text, where));
    }
    /// Opens the cell's editor by a double click, types and confirms.
    void editCell(const char* view, const QString& text, const QString& typed, Where where = Where::current()) const
    {
        QTableView& table = visible(view, where);
        const QPoint place = cell(view, text, where);
        QTest::mouseClick(table.viewport(), Qt::LeftButton, {}, place);
        QTest::mouseDClick(table.viewport(), Qt::LeftButton, {}, place);
        type("cellEditor", typed, where);
        QTest::keyClick(&find<QLineEdit>("cellEditor", where), Qt::Key_Return);
        // The view commits by the event loop.
        if (!QTest::qWaitFor([&] { return !m_window->findChild<QLineEdit*>(QStringLiteral("cellEditor")); }))
            fail("stays open", "cellEditor", where);
    }
    void showTab(const char* panel, Where where = Where::current()) const
    {
        activate();
        auto& tabs = find<QTabWidget>("tabs", where);
        for (int tab = 0; tab < tabs.count(); ++tab) {
            if (tabs.tabText(tab) == QLatin1StringView(panel)) {
                QTest::keyClick(m_window.get(), Qt::Key(Qt::Key_1 + tab), Qt::ControlModifier);
                if (tabs.currentIndex() == tab)
                    return;
            }
        }
        fail("does not show", panel, where);
    }

    [[nodiscard]] QString text(const char* label, Where where = Where::current()) const
    {
        return find<QLabel>(label, where).text();
    }
    [[nodiscard]] QString rows(const char* view, Where where = Where::current()) const
    {
        return modelText(*find<QTableView>(view, where).model());
    }
    [[nodiscard]] QString tab() const
    {
        const auto& tabs = find<QTabWidget>("tabs");
        return tabs.tabText(tabs.currentIndex());
    }
    [[nodiscard]] bool isIdle() { return !m_workspace->runner().isRunning(); }

private:
    [[noreturn]] static void fail(const char* what, const char* name, const Where& where)
    {
        qFatal("%s: %s (line %u)", name, what, where.line());
    }
    [[nodiscard]] QTableView& visible(const char* name, Where where) const
    {
        auto& view = find<QTableView>(name, where);
        if (!view.isVisible())
            fail("is hidden", name, where);
        return view;
    }
    [[nodiscard]] QPoint cell(const char* name, const QString& text, Where where) const
    {
        QTableView& view = visible(name, where);
        const auto* model = view.model();
        for (int row = 0; row < model->rowCount(); ++row) {
            for (int column = 0; column < model->columnCount(); ++column) {
                const QModelIndex index = model->index(row, column);
                if (index.data().toString() != text)
                    continue;
                view.scrollTo(index);
                return view.visualRect(index).center();
            }
        }
        fail(qPrintable(QStringLiteral("has no cell \"%1\" in:\n%2").arg(text, modelText(*model))), name, where);
    }

    QTemporaryDir m_folder;
    std::shared_ptr<Workbench> m_workbench;
    std::unique_ptr<Workspace> m_workspace;
    std::unique_ptr<MainWindow> m_window;
};

} // namespace holdpoint
