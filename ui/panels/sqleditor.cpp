// SPDX-License-Identifier: GPL-3.0-or-later
// QScintilla's headers are written with Qt's keywords.
#undef QT_NO_KEYWORDS
#include <Qsci/qscilexersql.h>
#include <Qsci/qsciscintilla.h>

#include "panels/sqleditor.h"

#include "theme.h"

#include <QEvent>
#include <QFontDatabase>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace holdpoint {

SqlEditor::SqlEditor(QWidget* parent)
    : QWidget(parent)
    , m_text(new QsciScintilla(this))
    , m_lexer(new QsciLexerSQL(this))
{
    m_text->setObjectName(u"sqlText"_s);
    m_text->setAccessibleName(tr("SQL text"));
    m_text->setUtf8(true);
    m_text->setLexer(m_lexer);
    m_text->setTabWidth(4);
    m_text->setIndentationsUseTabs(false);
    m_text->setAutoIndent(true);
    m_text->setBraceMatching(QsciScintilla::SloppyBraceMatch);
    m_text->setMarginType(0, QsciScintilla::NumberMargin);
    m_text->setMarginWidth(0, u"00000"_s);
    m_text->setWrapMode(QsciScintilla::WrapWord);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_text);
    connect(m_text, &QsciScintilla::textChanged, this, &SqlEditor::textChanged);
    setFocusProxy(m_text);
    applyColors();
}

SqlEditor::~SqlEditor() = default;

QString SqlEditor::text() const
{
    return m_text->text();
}

void SqlEditor::setText(const QString& text)
{
    m_text->setText(text);
}

void SqlEditor::focusText()
{
    m_text->setFocus();
}

void SqlEditor::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        applyColors();
}

void SqlEditor::applyColors()
{
    const QPalette& colors = palette();
    const MarkColors marks = markColors(colors);
    const QColor text = colors.color(QPalette::Text);
    const QColor paper = colors.color(QPalette::Base);
    m_lexer->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont), -1);
    m_lexer->setColor(text, -1);
    m_lexer->setPaper(paper, -1);
    m_lexer->setDefaultColor(text);
    m_lexer->setDefaultPaper(paper);
    for (const int style : { QsciLexerSQL::Comment, QsciLexerSQL::CommentLine, QsciLexerSQL::CommentDoc })
        m_lexer->setColor(marks.muted, style);
    for (const int style : { QsciLexerSQL::SingleQuotedString, QsciLexerSQL::DoubleQuotedString })
        m_lexer->setColor(marks.inserted, style);
    m_lexer->setColor(colors.color(QPalette::Link), QsciLexerSQL::Keyword);
    m_lexer->setColor(marks.updated, QsciLexerSQL::Number);
    m_text->setPaper(paper);
    m_text->setCaretForegroundColor(text);
    m_text->setSelectionBackgroundColor(colors.color(QPalette::Highlight));
    m_text->setSelectionForegroundColor(colors.color(QPalette::HighlightedText));
    m_text->setMarginsBackgroundColor(colors.color(QPalette::Window));
    m_text->setMarginsForegroundColor(marks.muted);
    m_text->setMatchedBraceBackgroundColor(marks.updatedBack);
    m_text->setMatchedBraceForegroundColor(marks.updated);
}

} // namespace holdpoint

#include "moc_sqleditor.cpp"
