// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

#include <QFutureWatcher>

namespace holdpoint {

/// Calls `then` with the future's Result in the context's thread; a context that died gets nothing.
/// GUI thread. QFuture::then(context, …) of Qt 6.4 asserts that the context still lives when the answer
/// comes, which a closed panel does not; the watcher is the context's child and goes with it.
template <typename R, typename F> void whenReady(const QFuture<R>& future, QObject* context, F then)
{
    auto* watcher = new QFutureWatcher<R>(context);
    QObject::connect(watcher, &QFutureWatcherBase::finished, context, [watcher, then = std::move(then)]() mutable {
        watcher->deleteLater();
        QFuture<R> answer = watcher->future();
        if (answer.resultCount() > 0)
            then(answer.result());
        else
            then(R(makeError(ErrorKind::Internal, QStringLiteral("The work ended without an answer."))));
    });
    watcher->setFuture(future);
}

} // namespace holdpoint
