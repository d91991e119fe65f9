// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/right.h"

#include <QColor>
#include <QString>
#include <QtWidgets/QLabel>
