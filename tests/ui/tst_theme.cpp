// SPDX-License-Identifier: GPL-3.0-or-later
#include "theme.h"

#include "icons.h"
#include "marks.h"
#include "modeltext.h"
#include "outlinestyle.h"

#include <QApplication>
#include <QStyle>

using namespace holdpoint;
using namespace Qt::StringLiterals;

namespace {

constexpr double Readable = 4.5;

void verifyReadable(const char* what, const QColor& text, const QColor& back)
{
    const double ratio = contrast(text, back);
    QVERIFY2(ratio >= Readable,
             qPrintable(u"%1: %2 on %3 has %4"_s.arg(QLatin1StringView(what), text.name(), back.name()).arg(ratio)));
}

} // namespace

class TestTheme : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { failOnAnyWarning(); }

    void contrastOfKnownPairs()
    {
        QCOMPARE(contrast(Qt::black, Qt::white), 21.0);
        QCOMPARE(contrast(Qt::white, Qt::white), 1.0);
        QVERIFY(std::abs(contrast(QColor(0x77, 0x77, 0x77), Qt::white) - 4.48) < 0.01);
    }

    void everythingIsReadable_data()
    {
        QTest::addColumn<QPalette>("palette");
        QTest::addRow("light") << lightPalette();
        QTest::addRow("dark") << darkPalette();
    }
    void everythingIsReadable()
    {
        QFETCH(const QPalette, palette);
        const QColor base = palette.color(QPalette::Base);
        const QColor window = palette.color(QPalette::Window);
        const QColor alternate = palette.color(QPalette::AlternateBase);
        const MarkColors marks = markColors(palette);
        for (const QColor& back : { base, window, alternate }) {
            verifyReadable("text", palette.color(QPalette::Text), back);
            verifyReadable("link", palette.color(QPalette::Link), back);
            verifyReadable("placeholder", palette.color(QPalette::PlaceholderText), back);
            verifyReadable("inserted", marks.inserted, back);
            verifyReadable("updated", marks.updated, back);
            verifyReadable("deleted", marks.deleted, back);
            verifyReadable("caution", marks.caution, back);
            verifyReadable("muted", marks.muted, back);
        }
        // Outlines are no text: 3:1 is enough (WCAG 2, 1.4.11).
        QVERIFY(contrast(palette.color(QPalette::Mid), base) >= 3);
        QVERIFY(contrast(palette.color(QPalette::Mid), window) >= 3
                || palette.color(QPalette::Window).lightness() > 128);
        verifyReadable("button", palette.color(QPalette::ButtonText), palette.color(QPalette::Button));
        verifyReadable("selection", palette.color(QPalette::HighlightedText), palette.color(QPalette::Highlight));
        verifyReadable("tool tip", palette.color(QPalette::ToolTipText), palette.color(QPalette::ToolTipBase));
        verifyReadable("inserted cell", marks.inserted, marks.insertedBack);
        verifyReadable("deleted cell", marks.deleted, marks.deletedBack);
        verifyReadable("updated cell", marks.updated, marks.updatedBack);
        verifyReadable("old value in an updated cell", marks.deleted, marks.updatedBack);
        verifyReadable("arrow in an updated cell", marks.muted, marks.updatedBack);
        verifyReadable("production", marks.production, marks.productionBack);
    }

    void appliesAndFollowsTheSystemAgain()
    {
        const QColor system = qApp->palette().color(QPalette::Base);
        applyTheme(*qApp, Theme::Dark);
        QVERIFY(qobject_cast<OutlineStyle*>(qApp->style()));
        QCOMPARE(qApp->palette().color(QPalette::Base), darkPalette().color(QPalette::Base));
        applyTheme(*qApp, Theme::Light);
        QCOMPARE(qApp->palette().color(QPalette::Base), lightPalette().color(QPalette::Base));
        applyTheme(*qApp, Theme::System);
        QCOMPARE(qApp->palette().color(QPalette::Base), system);
    }

    void namesAreReadBack()
    {
        for (const Theme theme : { Theme::System, Theme::Light, Theme::Dark })
            QCOMPARE(themeFromName(themeName(theme)), std::optional(theme));
        QVERIFY(!themeFromName(u"blue"_s).has_value());
    }

    void everyOutcomeHasAShapeOfItsOwn()
    {
        QSet<int> shapes;
        for (const Outcome outcome : { Outcome::Ready, Outcome::Failed, Outcome::Committed, Outcome::RolledBack,
                                       Outcome::RollbackFailed, Outcome::InDoubt })
            shapes.insert(int(outcomeMark(outcome, lightPalette()).glyph));
        QCOMPARE(shapes.size(), 6);
        QVERIFY(!glyphIcon(Glyph::Check, lightPalette()).isNull());
    }
};

QTEST_MAIN(TestTheme)
#include "tst_theme.moc"
