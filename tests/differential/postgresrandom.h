// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QRandomGenerator>
#include <QString>

namespace holdpoint::differential {

/// The choices of one seed: the same ones on every machine.
class Random
{
public:
    explicit Random(quint32 seed)
        : m_generator(seed)
    {
    }

    [[nodiscard]] int below(int bound) { return m_generator.bounded(bound); }
    [[nodiscard]] int between(int least, int most) { return least + below(most - least + 1); }
    [[nodiscard]] bool chance(int percent) { return below(100) < percent; }
    template <typename T> [[nodiscard]] const T& pick(const QList<T>& list)
    {
        return list.at(below(static_cast<int>(list.size())));
    }

private:
    QRandomGenerator m_generator;
};

/// An identifier as SQL.
[[nodiscard]] inline QString quoted(QString name)
{
    return u'"' + name.replace(u'"', QStringLiteral("\"\"")) + u'"';
}

/// A text as SQL, whatever standard_conforming_strings says.
[[nodiscard]] inline QString literal(QString text)
{
    return QStringLiteral("E'") + text.replace(u'\\', QStringLiteral("\\\\")).replace(u'\'', QStringLiteral("''"))
        + u'\'';
}

} // namespace holdpoint::differential
