// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>

#include <protobuf-c/protobuf-c.h>

namespace holdpoint {

/// Calls `visit` for a message and every message below it, in no particular order; without recursion.
void walkPostgresTree(const ProtobufCMessage& root, const std::function<void(const ProtobufCMessage&)>& visit);

} // namespace holdpoint
