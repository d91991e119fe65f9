// SPDX-License-Identifier: GPL-3.0-or-later
#include "runsummary.h"

#include "errortext.h"
#include "marks.h"
#include "theme.h"
#include "words.h"

#include <QCoreApplication>
#include <QJsonDocument>
#include <QLocale>
#include <QPalette>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("holdpoint", text);
}

QString escaped(const QString& text)
{
    QString html = text.toHtmlEscaped();
    html.replace('\n'_L1, "<br>"_L1);
    return html;
}

class Html
{
public:
    explicit Html(const QPalette& palette)
        : m_muted(markColors(palette).muted.name())
        , m_palette(palette)
    {
    }

    void heading(const QString& text) { m_html += "<h4>"_L1 + escaped(text) + "</h4>"_L1; }
    void sentence(const QString& text) { m_html += "<p>"_L1 + escaped(text) + "</p>"_L1; }
    void title(const QString& text, const QColor& color)
    {
        m_html += u"<h3 style=\"color:%1\">%2</h3>"_s.arg(color.name(), escaped(text));
    }
    void beginFields() { m_html += "<table cellspacing=\"0\" cellpadding=\"2\">"_L1; }
    void field(const QString& name, const QString& text)
    {
        if (!text.isEmpty())
            m_html += u"<tr><td style=\"color:%1; padding-right:14px\">%2</td><td>%3</td></tr>"_s.arg(
                m_muted, escaped(name), escaped(text));
    }
    void endFields() { m_html += "</table>"_L1; }
    void errorFieldsOf(const Error& error)
    {
        for (const auto& [name, text] : errorFields(error))
            field(name, text.left(2000));
    }
    [[nodiscard]] QString take() { return std::move(m_html); }
    [[nodiscard]] const QPalette& palette() const { return m_palette; }

private:
    QString m_muted;
    const QPalette& m_palette;
    QString m_html;
};

QString timeText(const QDateTime& time)
{
    return time.isValid() ? QLocale().toString(time.toLocalTime(), u"yyyy-MM-dd HH:mm:ss.zzz"_s) : tr("unknown");
}

void writeHead(Html& html, const Run& run)
{
    html.title(tr("%1: %2").arg(runKindWord(run.kind), outcomeWord(run.outcome)),
               outcomeMark(run.outcome, html.palette()).color);
    html.beginFields();
    html.field(tr("Batch"), run.title);
    html.field(tr("Reason"), run.reason);
    html.field(tr("Cause"), causeWord(run.cause));
    html.field(tr("Undoes"), run.undoOf);
    html.field(tr("Started"), timeText(run.started));
    html.field(tr("Ended"), timeText(run.ended));
    html.field(tr("Effects"), run.effects.isEmpty() ? QString() : effectsWord(run.effects));
    html.field(tr("Digest"), run.digest);
    html.field(tr("Run"), run.id);
    html.endFields();
}

void writeFailure(Html& html, const Run& run)
{
    if (!run.failure)
        return;
    html.heading(tr("Why it failed"));
    html.beginFields();
    html.field(tr("Where"), failurePlace(*run.failure));
    for (const CommandReport& command : run.commands) {
        if (run.failure->command == command.index)
            html.field(tr("Command"), command.description);
    }
    html.errorFieldsOf(run.failure->error);
    html.endFields();
}

void writeTargets(Html& html, const Run& run)
{
    html.heading(tr("Targets"));
    html.beginFields();
    for (const TargetReport& target : run.targets) {
        html.field(target.name,
                   tr("%1 (%2, %3)").arg(outcomeWord(target.outcome), engineWord(target.engine), target.uri));
        if (!target.evidence.isEmpty())
            html.field(tr("Evidence"),
                       QString::fromUtf8(QJsonDocument(target.evidence).toJson(QJsonDocument::Compact)));
        if (target.locks)
            html.field(tr("Locks"), locksText(*target.locks));
    }
    html.endFields();
    for (const TargetReport& target : run.targets) {
        if (!target.rollbackError)
            continue;
        html.heading(tr("What the rollback of %1 said").arg(target.name));
        html.beginFields();
        html.errorFieldsOf(*target.rollbackError);
        html.endFields();
    }
}

QString advice(const Run& run)
{
    switch (run.outcome) {
    case Outcome::InDoubt:
        return tr(
            "A COMMIT was sent and never answered. Nothing is repeated. Resolve asks the targets what became of it.");
    case Outcome::RollbackFailed:
        return tr("A rollback could not be confirmed. Look at the targets below before you go on.");
    case Outcome::RolledBack: return tr("Everything was rolled back; nothing has changed.");
    case Outcome::Failed:
    case Outcome::Ready:
    case Outcome::Committed: break;
    }
    return {};
}

} // namespace

QString runSummary(const Run& run, const QPalette& palette)
{
    Html html(palette);
    writeHead(html, run);
    if (const QString text = advice(run); !text.isEmpty())
        html.sentence(text);
    writeFailure(html, run);
    if (!run.drift.isEmpty())
        html.sentence(tr("The effects were not the previewed ones; the tab Drift shows the difference row by row."));
    writeTargets(html, run);
    return html.take();
}

} // namespace holdpoint
