// SPDX-License-Identifier: GPL-3.0-or-later
#include "draft.h"

#include "fakecommand.h"
#include "models/commandlistmodel.h"
#include "modeltext.h"

#include <QSignalSpy>

using namespace holdpoint;
using namespace Qt::StringLiterals;

namespace {

const Target Shop { u"shop"_s, EngineKind::SQLite, u"/tmp/shop.db"_s, Environment::Development, false };

QString wordsOf(const Draft& draft)
{
    QStringList words;
    for (const StoreCommandPtr& command : draft.batch().commands)
        words += command->describe();
    return words.join(' '_L1);
}

// The list that the panel shows must be the draft's, whatever is done and undone.
struct Mirror
{
    explicit Mirror(Draft& draft)
    {
        QObject::connect(&draft, &Draft::started, &model,
                         [this, &draft] { model.setCommands(draft.batch().commands); });
        QObject::connect(&draft, &Draft::inserted, &model, &CommandListModel::insert);
        QObject::connect(&draft, &Draft::replaced, &model, &CommandListModel::replace);
        QObject::connect(&draft, &Draft::removed, &model, &CommandListModel::remove);
        QObject::connect(&draft, &Draft::moved, &model, &CommandListModel::move);
    }
    [[nodiscard]] QString words() const
    {
        QStringList words;
        for (int row = 0; row < model.rowCount(); ++row)
            words += model.index(row, CommandListModel::DescriptionColumn).data().toString();
        return words.join(' '_L1);
    }
    CommandListModel model;
};

} // namespace

class TestDraft : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { failOnAnyWarning(); }

    void everyStepCanBeUndoneAndRedone()
    {
        Draft draft;
        Mirror mirror(draft);
        const auto step = [&](const QString& expected) {
            QCOMPARE(wordsOf(draft), expected);
            QCOMPARE(mirror.words(), expected);
        };
        QVERIFY(draft.append(Shop, fakes({ u"a"_s, u"b"_s })).ok());
        QVERIFY(draft.append(Shop, fakes({ u"c"_s })).ok());
        draft.move(0, 2);
        step(u"b c a"_s);
        draft.replace(1, fakes({ u"x"_s, u"y"_s }));
        step(u"b x y a"_s);
        draft.remove(0, 3);
        step(u"a"_s);
        const QStringList back { u"b x y a"_s, u"b c a"_s, u"a b c"_s, u"a b"_s, QString() };
        for (const QString& expected : back) {
            draft.edits().undo();
            step(expected);
        }
        QVERIFY(!draft.edits().canUndo());
        while (draft.edits().canRedo())
            draft.edits().redo();
        step(u"a"_s);
    }

    void targetsComeAndGoWithTheirCommands()
    {
        Draft draft;
        const Target billing { u"billing"_s, EngineKind::PostgreSQL, u"postgresql://b/b"_s, Environment::Production,
                               false };
        const StoreCommandPtr pay = std::make_shared<FakeCommand>(u"billing"_s, u"pay"_s);
        QVERIFY(draft.append(Shop, fakes({ u"a"_s })).ok());
        QVERIFY(draft.append(billing, { pay }).ok());
        QCOMPARE(draft.batch().targets, QList<Target>({ Shop, billing }));
        draft.remove(0, 1);
        QCOMPARE(draft.batch().targets, QList<Target>({ billing }));
        draft.edits().undo();
        QCOMPARE(draft.batch().targets, QList<Target>({ Shop, billing }));
        draft.edits().undo();
        QCOMPARE(draft.batch().targets, QList<Target>({ Shop }));
    }

    void anotherTargetOfTheSameNameIsRefused()
    {
        Draft draft;
        QVERIFY(draft.append(Shop, fakes({ u"a"_s })).ok());
        Target other = Shop;
        other.address = u"/tmp/other.db"_s;
        const Result<void> refused = draft.append(other, fakes({ u"b"_s }));
        QVERIFY(!refused.ok());
        QCOMPARE(refused.error().kind, ErrorKind::Usage);
        QVERIFY(refused.error().message.contains("/tmp/shop.db"_L1));
        QCOMPARE(wordsOf(draft), u"a"_s);
    }

    void typingATitleIsOneStep()
    {
        Draft draft;
        for (const QString& text : { u"R"_s, u"Re"_s, u"Refund"_s })
            draft.setTitle(text);
        draft.setReason(u"SUP-1"_s);
        QCOMPARE(draft.edits().count(), 2);
        draft.edits().undo();
        QCOMPARE(draft.batch().reason, QString());
        QCOMPARE(draft.batch().title, u"Refund"_s);
        draft.edits().undo();
        QCOMPARE(draft.batch().title, QString());
        draft.edits().redo();
        QCOMPARE(draft.batch().title, u"Refund"_s);
    }

    void everyChangeGivesANewRevision()
    {
        Draft draft;
        QSignalSpy changed(&draft, &Draft::changed);
        const quint64 before = draft.revision();
        QVERIFY(draft.append(Shop, fakes({ u"a"_s })).ok());
        const quint64 appended = draft.revision();
        QVERIFY(appended != before);
        draft.edits().undo();
        QVERIFY(draft.revision() != before);
        QVERIFY(draft.revision() != appended);
        QVERIFY(changed.count() >= 2);
    }

    void aStartedBatchIsCleanAndItsPastIsGone()
    {
        Draft draft;
        QVERIFY(draft.append(Shop, fakes({ u"a"_s })).ok());
        QVERIFY(draft.isModified());
        Batch batch;
        batch.title = u"Refund"_s;
        batch.targets = { Shop };
        batch.commands = fakes({ u"x"_s });
        draft.start(batch, u"/tmp/refund.holdpoint"_s);
        QVERIFY(!draft.isModified());
        QVERIFY(!draft.edits().canUndo());
        QCOMPARE(wordsOf(draft), u"x"_s);
        draft.setTitle(u"Other"_s);
        QVERIFY(draft.isModified());
        draft.markSaved(u"/tmp/other.holdpoint"_s);
        QVERIFY(!draft.isModified());
        QCOMPARE(draft.fileName(), u"/tmp/other.holdpoint"_s);
    }
};

QTEST_GUILESS_MAIN(TestDraft)
#include "tst_draft.moc"
