// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

namespace holdpoint {

/// The text that a batch was read from, for whoever keeps the batch: it need not be written anew.
/// Reading it again in that folder, with the batch's own targets in place of those that it names, gives the same batch.
struct BatchText
{
    QByteArray json;
    QString folder; ///< absolute; its relative paths are there
};

} // namespace holdpoint
