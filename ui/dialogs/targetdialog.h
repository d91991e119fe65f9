// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "target/target.h"

#include <QDialog>

class QCheckBox;
class QComboBox;
class QLineEdit;
class QPushButton;
class QRadioButton;

namespace holdpoint {

class ErrorLabel;

/// Asks for a target: a SQLite file or a PostgreSQL URI, its name, environment and whether it is read-only.
/// It only reads what was typed; it connects nowhere.
class TargetDialog : public QDialog
{
    Q_OBJECT
public:
    explicit TargetDialog(QWidget* parent = nullptr);

Q_SIGNALS:
    void targetChosen(const holdpoint::Target& target, bool save);

protected:
    void accept() override;

private:
    void layOut();
    void connectParts();
    void chooseFile();
    void updateParts();
    [[nodiscard]] Result<Target> target() const;

    QRadioButton* m_sqlite;
    QRadioButton* m_postgres;
    QLineEdit* m_path;
    QPushButton* m_browse;
    QLineEdit* m_uri;
    QLineEdit* m_name;
    QComboBox* m_environment;
    QCheckBox* m_readOnly;
    QCheckBox* m_save;
    ErrorLabel* m_error;
    bool m_nameIsOurs = true; ///< the name was made from the path, not typed
};

} // namespace holdpoint
