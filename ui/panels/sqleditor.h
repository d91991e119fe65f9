// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QsciScintilla;
class QsciLexerSQL;

namespace holdpoint {

/// A text editor for SQL in the colours of the palette.
class SqlEditor : public QWidget
{
    Q_OBJECT
public:
    explicit SqlEditor(QWidget* parent = nullptr);
    ~SqlEditor() override;

    [[nodiscard]] QString text() const;
    void setText(const QString& text);
    void focusText();

Q_SIGNALS:
    void textChanged();

protected:
    void changeEvent(QEvent* event) override;

private:
    void applyColors();

    QsciScintilla* m_text;
    QsciLexerSQL* m_lexer;
};

} // namespace holdpoint
