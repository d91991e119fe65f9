// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command/batch.h"
#include "command/deleterow.h"
#include "command/importrows.h"
#include "command/insertrow.h"
#include "command/runsql.h"
#include "command/updaterow.h"

#include <QRandomGenerator>
#include <QtDebug>

#include <bit>
#include <cmath>

namespace holdpoint {

/// Makes batches of every kind of command and value out of a seed, which it prints. They need no database.
class RandomBatch
{
public:
    /// From HOLDPOINT_TEST_SEED, if that is set.
    static quint32 newSeed()
    {
        bool set = false;
        const auto given = static_cast<quint32>(qEnvironmentVariableIntValue("HOLDPOINT_TEST_SEED", &set));
        return set ? given : QRandomGenerator::global()->generate();
    }

    explicit RandomBatch(quint32 seed)
        : m_random(seed)
    {
        qInfo("seed: HOLDPOINT_TEST_SEED=%u", seed);
    }

    Batch batch(const QString& folder)
    {
        Batch batch;
        batch.title = name(0);
        batch.reason = name(0);
        const int targets = 1 + below(3);
        for (int i = 0; i < targets; ++i)
            batch.targets.append(target(QStringLiteral("t%1").arg(i) + name(0), folder));
        const int commands = below(20);
        for (int i = 0; i < commands; ++i)
            batch.commands.append(command(batch.targets.at(below(targets)), folder));
        return batch;
    }

    Value value()
    {
        switch (below(8)) {
        case 0: return Value::null();
        case 1: return Value::boolean(below(2) == 0);
        case 2: return Value::integer(static_cast<qint64>(m_random.generate64()));
        case 3: return Value::integer(below(10) - 5);
        case 4: return Value::real(real());
        case 5: return Value::blob(bytes());
        case 6: return Value::rawText(bytes() + '\xff');
        default: return Value::text(name(0));
        }
    }

private:
    int below(int bound) { return static_cast<int>(m_random.bounded(bound)); }

    double real()
    {
        const auto any = std::bit_cast<double>(m_random.generate64());
        return std::isnan(any) ? 0.5 : any;
    }

    QByteArray bytes()
    {
        QByteArray bytes;
        for (int i = below(20); i > 0; --i)
            bytes += static_cast<char>(below(256));
        return bytes;
    }

    QString name(int shortest)
    {
        static const QStringList pieces { QStringLiteral("a"),      QStringLiteral("B"),    QStringLiteral("\""),
                                          QStringLiteral("'"),      QStringLiteral("\\"),   QStringLiteral("\n"),
                                          QStringLiteral("\t"),     QStringLiteral("\x01"), QStringLiteral("ä"),
                                          QStringLiteral("€"),      QStringLiteral("😀"),    QStringLiteral("/"),
                                          QStringLiteral("\u2028"), QStringLiteral(" "),    QStringLiteral(":"),
                                          QStringLiteral("\x7f"),   QStringLiteral("{"),    QStringLiteral("\u0308"),
                                          QStringLiteral(","),      QStringLiteral("%1") };
        QString text;
        for (int i = shortest + below(6); i > 0; --i)
            text += pieces.at(below(static_cast<int>(pieces.size())));
        return text;
    }

    Target target(const QString& name, const QString& folder)
    {
        Target target;
        target.name = name;
        target.engine = below(2) == 0 ? EngineKind::SQLite : EngineKind::PostgreSQL;
        target.address = target.engine == EngineKind::PostgreSQL
            ? QStringLiteral("postgresql://ops@db%1/x?sslmode=require").arg(below(9))
            : QStringLiteral("%1/a/%2.db").arg(below(2) == 0 ? folder : QStringLiteral("/srv")).arg(below(9));
        target.environment = static_cast<Environment>(below(3));
        target.readOnly = below(3) == 0;
        return target;
    }

    NamedValues values(int least)
    {
        NamedValues values;
        const int count = least + below(4);
        for (int i = 0; i < count; ++i)
            values.append({ QStringLiteral("c%1").arg(i) + name(0), value() });
        return values;
    }

    StoreCommandPtr command(const Target& target, const QString& folder)
    {
        const TableName table { below(2) == 0 ? QString() : name(1), name(1) };
        switch (below(5)) {
        case 0: return std::make_shared<InsertRow>(target.name, table, values(0));
        case 1: return std::make_shared<UpdateRow>(target.name, table, values(1), values(1), values(0));
        case 2: return std::make_shared<DeleteRow>(target.name, table, values(1), values(0));
        case 3: return sql(target);
        default: break;
        }
        const QString file = QStringLiteral("in/%1.csv").arg(below(9));
        return std::make_shared<ImportRows>(target.name, table, file, folder + QLatin1Char('/') + file);
    }

    StoreCommandPtr sql(const Target& target)
    {
        const bool sqlite = target.engine == EngineKind::SQLite;
        QList<Value> parameters;
        QStringList places;
        for (int i = below(4); i > 0; --i) {
            parameters.append(value());
            places.append((sqlite ? QStringLiteral("?%1") : QStringLiteral("$%1")).arg(parameters.size()));
        }
        const QString text = QStringLiteral("SELECT 'ä\n\"😀', \"x\"%1 FROM t")
                                 .arg((QStringList(QString()) + places).join(QStringLiteral(", ")));
        const auto rows = below(2) == 0 ? std::nullopt : std::optional<qint64>(below(1000));
        return std::make_shared<RunSql>(target.name, text, parameters, rows);
    }

    QRandomGenerator m_random;
};

} // namespace holdpoint
