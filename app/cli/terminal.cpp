// SPDX-License-Identifier: GPL-3.0-or-later
#include "terminal.h"

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <thread>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace holdpoint::cli {

namespace {

constexpr qint64 redrawMilliseconds = 100;
constexpr int barWidth = 30;

constexpr std::array allInks { Ink::Plain, Ink::Strong, Ink::Dim, Ink::Green, Ink::Yellow, Ink::Red };

QLatin1StringView escape(Ink ink)
{
    switch (ink) {
    case Ink::Plain: return "\x1b[0m"_L1;
    case Ink::Strong: return "\x1b[1m"_L1;
    case Ink::Dim: return "\x1b[2m"_L1;
    case Ink::Green: return "\x1b[32m"_L1;
    case Ink::Yellow: return "\x1b[33m"_L1;
    case Ink::Red: return "\x1b[31m"_L1;
    }
    Q_UNREACHABLE();
}

QString phaseName(Progress::Phase phase)
{
    switch (phase) {
    case Progress::Phase::Connecting: return u"connecting"_s;
    case Progress::Phase::Running: return u"running"_s;
    case Progress::Phase::Capturing: return u"reading effects"_s;
    case Progress::Phase::Comparing: return u"comparing"_s;
    case Progress::Phase::Committing: return u"committing"_s;
    }
    Q_UNREACHABLE();
}

bool isControl(QChar character)
{
    const char16_t code = character.unicode();
    const bool isBidi = (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
    return (character.category() == QChar::Other_Control && code != '\n' && code != '\t') || isBidi;
}

/// Names, titles and messages are others': of what rules a terminal only our own colours are left.
QString harmless(const QString& text)
{
    if (std::ranges::none_of(text, isControl))
        return text;
    QString shown;
    for (qsizetype at = 0; at < text.size(); ++at) {
        const auto isOurs = [&](Ink ink) { return QStringView(text).sliced(at).startsWith(escape(ink)); };
        const auto ink = std::ranges::find_if(allInks, isOurs);
        if (ink != allInks.end()) {
            shown += escape(*ink);
            at += escape(*ink).size() - 1;
        } else {
            shown += isControl(text.at(at)) ? QChar(QChar::ReplacementCharacter) : text.at(at);
        }
    }
    return shown;
}

void write(FILE* stream, const QByteArray& bytes)
{
    std::fwrite(bytes.constData(), 1, static_cast<std::size_t>(bytes.size()), stream);
    std::fflush(stream);
}

} // namespace

Terminal::Terminal(bool noColor, bool quiet)
    : m_errorIsTerminal(isatty(STDERR_FILENO) == 1)
    , m_quiet(quiet)
{
    const bool wanted = !noColor && qEnvironmentVariableIsEmpty("NO_COLOR") && qgetenv("TERM") != "dumb";
    m_color = wanted && isatty(STDOUT_FILENO) == 1;
    m_errorColor = wanted && m_errorIsTerminal;
}

QString Terminal::inked(Ink ink, const QString& text) const
{
    return m_color && ink != Ink::Plain ? escape(ink) + text + escape(Ink::Plain) : text;
}

void Terminal::print(const QString& text) const
{
    print(harmless(text).toUtf8());
}

void Terminal::print(const QByteArray& utf8) const
{
    write(stdout, utf8.endsWith('\n') ? utf8 : utf8 + '\n');
}

void Terminal::say(const QString& text) const
{
    if (!m_quiet)
        write(stderr, harmless(text).toUtf8() + '\n');
}

void Terminal::complain(const Error& error) const
{
    const QString label = m_errorColor ? escape(Ink::Red) + "error:"_L1 + escape(Ink::Plain) : u"error:"_s;
    write(stderr, harmless(label + u' ' + error.text()).toUtf8() + '\n');
}

ProgressLine::ProgressLine(const Terminal& terminal, bool timing)
    : m_terminal(terminal)
    , m_timing(timing)
{
    m_sinceStart.start();
}

void ProgressLine::sayTimes()
{
    if (!m_timing)
        return;
    closePhase();
    for (const QString& time : m_times)
        write(stderr, time.toUtf8() + '\n');
}

std::function<void(const Progress&)> ProgressLine::callback()
{
    const bool draws = m_terminal.standardErrorIsTerminal() && !m_terminal.isQuiet();
    if (!draws && !m_timing)
        return {};
    return [this](const Progress& progress) { show(progress); };
}

void ProgressLine::closePhase()
{
    if (m_phase)
        m_times.append(
            u"time: %1 %2: %3 ms"_s.arg(phaseName(*m_phase), m_phaseTarget).arg(m_sinceStart.elapsed() - m_phaseStart));
    m_phaseStart = m_sinceStart.elapsed();
}

void ProgressLine::show(const Progress& progress)
{
    const std::lock_guard lock(m_mutex);
    const bool newPhase = m_phase != progress.phase || m_phaseTarget != progress.target;
    if (newPhase) {
        closePhase();
        m_phase = progress.phase;
        m_phaseTarget = progress.target;
    }
    const bool draws = m_terminal.standardErrorIsTerminal() && !m_terminal.isQuiet();
    if (!draws || (!newPhase && m_sinceDrawn.isValid() && m_sinceDrawn.elapsed() < redrawMilliseconds))
        return;
    m_sinceDrawn.start();
    QString line = "\r\x1b[K"_L1 + progress.target + ": "_L1 + phaseName(progress.phase);
    if (progress.total > 0) {
        const auto filled = static_cast<int>(progress.done * barWidth / progress.total);
        line += u" [%1%2] %3/%4"_s.arg(QString(filled, u'#'), QString(barWidth - filled, u'.'))
                    .arg(progress.done)
                    .arg(progress.total);
    }
    write(stderr, line.toUtf8());
    m_shown = true;
}

void ProgressLine::clear()
{
    const std::lock_guard lock(m_mutex);
    if (m_shown)
        write(stderr, "\r\x1b[K"_ba);
    m_shown = false;
}

InterruptWatch::InterruptWatch(Cancellation cancellation)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    std::thread([cancellation, signals] {
        int received = 0;
        sigwait(&signals, &received);
        cancellation.cancel();
    }).detach();
}

} // namespace holdpoint::cli
