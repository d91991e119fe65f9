// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLabel>

namespace holdpoint {

/// What went wrong, under the field or list that it concerns: plain text that can be copied; hidden when there is none.
class ErrorLabel : public QLabel
{
    Q_OBJECT
public:
    explicit ErrorLabel(const QString& objectName, QWidget* parent = nullptr);

    void showError(const QString& text);

protected:
    void changeEvent(QEvent* event) override;

private:
    void applyColor();
};

} // namespace holdpoint
