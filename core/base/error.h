// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace holdpoint {

enum class ErrorKind {
    Usage, // the caller's input cannot be used: a bad batch, a bad option
    File, // a file cannot be read or written
    Unreachable, // the target cannot be reached, or refuses the user
    Statement, // the database refused a statement
    Guard, // a row count or an expected old value was not met
    Cancelled, // the user cancelled
    Timeout, // a lock or statement time-out passed
    ConnectionLost,
    Drift, // the effects are not the previewed ones
    Outdated, // what a session remembered of its database no longer held; a new session does it right
    Internal, // a programming error, caught and named
};

/// Why something failed: a plain value that crosses threads and can be asked.
/// Every text is for the operator and says what, where and, if known, what to do.
/// SQLSTATE is PostgreSQL's five characters; SQLite's extended result code is `nativeCode`.
struct Error
{
    ErrorKind kind = ErrorKind::Internal;
    QString message;
    QString sqlState;
    QString detail;
    QString hint;
    QString constraint;
    QString schema;
    QString table;
    QString column;
    QString statement; ///< the SQL text that failed, empty if none
    int position = 0; ///< in characters of the statement from 1; 0 if unknown
    int nativeCode = 0;

    /// The session's connection is gone; nothing more can be run on it.
    [[nodiscard]] bool breaksSession() const;
    /// The transaction can only be rolled back.
    [[nodiscard]] bool abortsTransaction() const;
    /// The same run may succeed later: a lock, a serialization failure, a lost connection.
    [[nodiscard]] bool isTransient() const;
    /// The target asks for a password that nobody had, or refused the one it got.
    [[nodiscard]] bool needsPassword() const;
    [[nodiscard]] bool isCancelled() const { return kind == ErrorKind::Cancelled; }

    /// Message, detail and hint on one line each, for a log or a terminal.
    [[nodiscard]] QString text() const;

    friend bool operator==(const Error&, const Error&) = default;
};

[[nodiscard]] Error makeError(ErrorKind kind, QString message, QString detail = {}, QString hint = {});

} // namespace holdpoint
