// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command/batch.h"
#include "differential/postgresstatements.h"

namespace holdpoint::differential {

/// A batch, and the same statements for psql.
struct RandomBatch
{
    Batch batch;
    QList<QList<PsqlStatement>> statements; ///< of each command
    bool changesSchema = false;

    [[nodiscard]] QString text() const; ///< for people: what psql would run
};

/// Makes batches over what a database holds. Files to import are written into `folder`.
class BatchMaker
{
public:
    BatchMaker(World& world, Random& random, Target target, QString folder)
        : m_world(world)
        , m_random(random)
        , m_target(std::move(target))
        , m_folder(std::move(folder))
    {
    }
    [[nodiscard]] RandomBatch make(const Dump& dump);

private:
    void addSql(RandomBatch& batch, const QString& text);
    void addParameters(RandomBatch& batch);
    void addRowCommand(RandomBatch& batch, const Dump& dump);
    void addInsert(RandomBatch& batch, const WorldTable& table);
    void addImport(RandomBatch& batch, const WorldTable& table);
    void addChange(RandomBatch& batch, const WorldTable& table, const DumpRow& row);
    void add(RandomBatch& batch, StoreCommandPtr command, const QList<PsqlStatement>& statements);
    [[nodiscard]] QMap<QString, QString> newRow(const WorldTable& table);
    [[nodiscard]] QString insertText(const WorldTable& table, const QMap<QString, QString>& row) const;

    World& m_world;
    Random& m_random;
    Target m_target;
    QString m_folder;
    int m_files = 0;
};

} // namespace holdpoint::differential
