// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/sqlitegivenkeys.h"

#include "effects/sqlitereading.h"

#include <algorithm>
#include <utility>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

struct Instruction
{
    QByteArray name;
    qint64 p1 = 0;
    qint64 p2 = 0;
    qint64 p3 = 0;
};
using Instructions = std::vector<Instruction>;

// The text's own program comes first; those of triggers follow it.
Instructions programOf(sqlite3* handle, const QByteArray& text)
{
    Instructions program;
    SqliteReading rows(handle, "EXPLAIN " + text);
    while (rows.next()) {
        if (rows.integer(0) < static_cast<qint64>(program.size()))
            break;
        program.push_back({ rows.bytes(1), rows.integer(2), rows.integer(3), rows.integer(4) });
    }
    return program;
}

// Instructions that put nothing into the register that p2 or p3 may name.
bool writesNothing(const Instruction& instruction)
{
    static const QSet<QByteArray> known { "Init"_ba,       "Goto"_ba,         "InitCoroutine"_ba,
                                          "Yield"_ba,      "EndCoroutine"_ba, "Halt"_ba,
                                          "HaltIfNull"_ba, "Transaction"_ba,  "OpenWrite"_ba,
                                          "OpenRead"_ba,   "Close"_ba,        "MakeRecord"_ba,
                                          "NotNull"_ba,    "IsNull"_ba,       "NotExists"_ba,
                                          "Insert"_ba,     "IdxInsert"_ba,    "MustBeInt"_ba,
                                          "MemMax"_ba,     "NoConflict"_ba,   "Found"_ba,
                                          "NotFound"_ba,   "Affinity"_ba,     "TypeCheck"_ba,
                                          "SoftNull"_ba,   "FkCounter"_ba,    "FkIfZero"_ba,
                                          "FkCheck"_ba,    "Program"_ba,      "ResetCount"_ba,
                                          "Eq"_ba,         "Ne"_ba,           "Lt"_ba,
                                          "Le"_ba,         "Gt"_ba,           "Ge"_ba };
    return known.contains(instruction.name);
}

/// Finds what is put into a register, through copies. False: something that is no constant.
bool collectSources(const Instructions& program, qint64 target, QList<qsizetype>& parameters)
{
    bool any = false;
    for (const Instruction& each : program) {
        if (each.name == "NewRowid" && each.p2 == target)
            continue; // what is done with a NULL
        if (each.p2 != target && (each.p3 != target || writesNothing(each)))
            continue;
        if (each.name == "Integer" || each.name == "Int64")
            any = true;
        else if (each.name == "Variable" && each.p1 > 0)
            parameters.append(static_cast<qsizetype>(each.p1) - 1);
        else if ((each.name == "Copy" || each.name == "SCopy") && each.p1 != target) {
            if (!collectSources(program, each.p1, parameters))
                return false;
            any = true;
        } else if (!writesNothing(each)) {
            return false;
        }
    }
    return any || !parameters.isEmpty();
}

} // namespace

SqliteGivenKeys::Program SqliteGivenKeys::explain(const QByteArray& text) const
{
    const Instructions program = programOf(m_handle, text);
    Program result;
    for (size_t place = 1; place < program.size(); ++place) {
        const Instruction& rowid = program[place];
        const Instruction& before = program[place - 1];
        if (rowid.name != "NewRowid")
            continue;
        const bool mayBeGiven = before.name == "NotNull" && before.p1 == rowid.p2;
        result.constant = mayBeGiven && collectSources(program, rowid.p2, result.parameters);
        return result; // the first is the table's own; sqlite_sequence comes after it
    }
    return result;
}

bool SqliteGivenKeys::areGiven(const Statement& statement)
{
    if (statement.text != m_text) {
        m_program = explain(statement.text);
        m_text = statement.text;
    }
    const auto isGiven = [&](qsizetype parameter) {
        return parameter < statement.parameters.size() && !statement.parameters.at(parameter).isNull();
    };
    return m_program.constant && std::ranges::all_of(m_program.parameters, isGiven);
}

QSet<int> SqliteGivenKeys::given()
{
    QSet<int> numbers;
    for (const Noted& noted : std::exchange(m_noted, {})) {
        if (areGiven(noted.statement))
            numbers.insert(noted.number);
    }
    m_text.clear(); // the schema may change
    return numbers;
}

} // namespace holdpoint
