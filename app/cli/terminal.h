// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "execution/workbench.h"

#include <QElapsedTimer>

#include <mutex>

namespace holdpoint::cli {

enum class Ink { Plain, Strong, Dim, Green, Yellow, Red };

/// Standard output and standard error as the operator has them: terminal or not, colour or not.
class Terminal
{
public:
    Terminal(bool noColor, bool quiet);

    [[nodiscard]] QString inked(Ink ink, const QString& text) const; ///< for standard output
    void print(const QString& text) const; ///< results: standard output, a line
    void print(const QByteArray& utf8) const;
    void say(const QString& text) const; ///< messages: standard error, unless quiet
    void complain(const Error& error) const; ///< standard error, always
    [[nodiscard]] bool standardErrorIsTerminal() const { return m_errorIsTerminal; }
    [[nodiscard]] bool isQuiet() const { return m_quiet; }

private:
    bool m_color = false;
    bool m_errorColor = false;
    bool m_errorIsTerminal = false;
    bool m_quiet = false;
};

/// One line on standard error that is redrawn while a run goes on, when that is a terminal; and, if asked, the
/// time of each phase. Its callback is called in the run's threads.
class ProgressLine
{
public:
    ProgressLine(const Terminal& terminal, bool timing);
    ~ProgressLine() { clear(); }
    [[nodiscard]] std::function<void(const Progress&)> callback();
    void clear();
    void sayTimes(); ///< if they were asked for

private:
    void show(const Progress& progress);
    void closePhase();

    const Terminal& m_terminal;
    const bool m_timing;
    std::mutex m_mutex;
    bool m_shown = false;
    QElapsedTimer m_sinceStart;
    QElapsedTimer m_sinceDrawn;
    std::optional<Progress::Phase> m_phase;
    QString m_phaseTarget;
    qint64 m_phaseStart = 0;
    QStringList m_times;
};

/// Cancels on Ctrl-C or SIGTERM. Made first in main(), before any thread is.
class InterruptWatch
{
public:
    explicit InterruptWatch(Cancellation cancellation);
};

} // namespace holdpoint::cli
