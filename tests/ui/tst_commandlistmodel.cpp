// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/commandlistmodel.h"

#include "fakecommand.h"
#include "models/roles.h"
#include "modeltext.h"

#include <QAbstractItemModelTester>

using namespace holdpoint;
using namespace Qt::StringLiterals;

class TestCommandListModel : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { failOnAnyWarning(); }

    void showsCommandsInOrder()
    {
        CommandListModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
        model.setCommands(fakes({ u"one"_s, u"two\n lines"_s }));
        COMPARE_TEXT(modelText(model), u"Does | Target | Command\nfake | shop | one\nfake | shop | two lines"_s);
        QCOMPARE(model.headerData(1, Qt::Vertical, Qt::DisplayRole).toInt(), 2);
    }

    void changes_data()
    {
        QTest::addColumn<QString>("change");
        QTest::addColumn<QString>("expected");
        QTest::addRow("insert at the end") << u"append"_s << u"a b c x y"_s;
        QTest::addRow("insert in the middle") << u"insert"_s << u"a x y b c"_s;
        QTest::addRow("replace one") << u"replace"_s << u"a x c"_s;
        QTest::addRow("remove some") << u"remove"_s << u"c"_s;
        QTest::addRow("move down") << u"down"_s << u"b c a"_s;
        QTest::addRow("move up") << u"up"_s << u"c a b"_s;
        QTest::addRow("move nowhere") << u"nowhere"_s << u"a b c"_s;
    }
    void changes()
    {
        QFETCH(const QString, change);
        QFETCH(const QString, expected);
        CommandListModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
        model.setCommands(fakes({ u"a"_s, u"b"_s, u"c"_s }));
        if (change == "append"_L1)
            model.insert(3, fakes({ u"x"_s, u"y"_s }));
        else if (change == "insert"_L1)
            model.insert(1, fakes({ u"x"_s, u"y"_s }));
        else if (change == "replace"_L1)
            model.replace(1, fakes({ u"x"_s }).first());
        else if (change == "remove"_L1)
            model.remove(0, 2);
        else if (change == "down"_L1)
            model.move(0, 2);
        else if (change == "up"_L1)
            model.move(2, 0);
        else
            model.move(1, 1);
        QStringList shown;
        for (int row = 0; row < model.rowCount(); ++row)
            shown += model.index(row, CommandListModel::DescriptionColumn).data().toString();
        QCOMPARE(shown.join(' '_L1), expected);
    }

    void tellsWhatBecameOfACommandUntilTheListChanges()
    {
        CommandListModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
        model.setCommands(fakes({ u"a"_s, u"b"_s, u"c"_s }));
        const QModelIndex second = model.index(1, CommandListModel::DescriptionColumn);
        QVERIFY(!second.data(CommandStatusRole).isValid());
        CommandReport ok { 0, u"fake"_s, u"shop"_s, u"a"_s, CommandStatus::Ok, 1, 0.1, {} };
        CommandReport failed { 1,
                               u"fake"_s,
                               u"shop"_s,
                               u"b"_s,
                               CommandStatus::Failed,
                               0,
                               0.1,
                               makeError(ErrorKind::Statement, u"no such table: x"_s) };
        model.setReports({ ok, failed });
        QCOMPARE(second.data(CommandStatusRole).value<CommandStatus>(), CommandStatus::Failed);
        QCOMPARE(second.data(Qt::AccessibleTextRole).toString(), u"b, failed"_s);
        QVERIFY(second.data(Qt::ToolTipRole).toString().contains("no such table: x"_L1));
        QVERIFY(!model.index(2, 0).data(CommandStatusRole).isValid());
        model.insert(3, fakes({ u"d"_s }));
        QVERIFY(!second.data(CommandStatusRole).isValid());
    }
};

QTEST_GUILESS_MAIN(TestCommandListModel)
#include "tst_commandlistmodel.moc"
