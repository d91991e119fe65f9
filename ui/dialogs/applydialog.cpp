// SPDX-License-Identifier: GPL-3.0-or-later
#include "dialogs/applydialog.h"

#include "panels/productionbanner.h"
#include "words.h"

#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

QLabel* plainLabel(const QString& text)
{
    auto* label = new QLabel(text);
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    return label;
}

ChangeCounts countsOf(const QList<TargetEffects>& effects, const QString& target)
{
    for (const TargetEffects& some : effects) {
        if (some.target == target)
            return countChanges(some);
    }
    return {};
}

} // namespace

ApplyDialog::ApplyDialog(const Previewed& previewed, const QList<Target>& targets, QWidget* parent)
    : QDialog(parent)
{
    setObjectName(u"applyDialog"_s);
    setWindowTitle(tr("Apply"));
    setMinimumWidth(fontMetrics().averageCharWidth() * 64);
    auto* banner = new ProductionBanner;
    banner->setTargets(targets);
    auto* form = new QFormLayout;
    form->addRow(tr("Batch:"), plainLabel(previewed.run.title.isEmpty() ? tr("(untitled)") : previewed.run.title));
    for (const Target& target : targets)
        form->addRow(tr("%1:").arg(target.name),
                     plainLabel(tr("%1, %2").arg(countsWord(countsOf(previewed.run.effects, target.name)),
                                                 environmentWord(target.environment).toLower())));
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel);
    QPushButton* apply
        = buttons->addButton(tr("&Apply to %1").arg(effectsWord(previewed.run.effects)), QDialogButtonBox::AcceptRole);
    apply->setObjectName(u"confirmApply"_s);
    // Enter must not apply to production by habit.
    buttons->button(QDialogButtonBox::Cancel)->setDefault(true);
    connect(buttons, &QDialogButtonBox::accepted, this, &ApplyDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &ApplyDialog::reject);
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(banner);
    layout->addLayout(form);
    for (const QString& warning : warnings(previewed.run))
        layout->addWidget(plainLabel(warning));
    layout->addWidget(plainLabel(tr("The effects are compared with the preview before anything is committed; if they "
                                    "differ, all is rolled back.")));
    layout->addWidget(buttons);
}

QStringList ApplyDialog::warnings(const Run& run) const
{
    QStringList lines;
    if (!isComplete(run.effects))
        lines += tr("Some effects could not be seen; the preview's notes say which.");
    for (const TargetEffects& target : run.effects) {
        for (const Caution& caution : target.cautions)
            lines += tr("%1: %2").arg(target.target, caution.text);
    }
    constexpr int Most = 6;
    if (lines.size() > Most) {
        const int more = int(lines.size()) - Most;
        lines.resize(Most);
        lines += countWord(more, tr("and %1 more caution"), tr("and %1 more cautions"));
    }
    return lines;
}

} // namespace holdpoint

#include "moc_applydialog.cpp"
