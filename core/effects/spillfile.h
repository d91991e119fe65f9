// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTemporaryFile>

#include <memory>

namespace holdpoint {

/// Memory of a temporary file, for what is too much for the machine's own: the system writes it out and takes it back
/// as it likes. The file has no name (a crash leaves nothing), and only its owner may read it. The memory lives as long
/// as a copy of this object.
class SpillFile
{
public:
    /// `size` bytes; null where the file cannot have them (no space, no temporary folder).
    [[nodiscard]] char* take(qsizetype size);
    /// The bytes, as take() gave them, are not used for now. Only a hint.
    static void release(char* bytes, qsizetype size);

    /// How much one object may hold in memory of its own, in bytes, before it takes it from a file; for all that are
    /// filled from now on.
    static void setMemoryLimit(qsizetype bytes);
    [[nodiscard]] static qsizetype memoryLimit();

private:
    std::shared_ptr<QTemporaryFile> m_file;
};

} // namespace holdpoint
