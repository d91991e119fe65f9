// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/postgrestreewalk.h"

#include <QVarLengthArray>

#include <cstring>

namespace holdpoint {

namespace {

using Pending = QVarLengthArray<const ProtobufCMessage*, 256>;

template <typename T> T member(const ProtobufCMessage& message, unsigned offset)
{
    T value {};
    std::memcpy(&value, reinterpret_cast<const char*>(&message) + offset, sizeof(T));
    return value;
}

void addField(const ProtobufCMessage& message, const ProtobufCFieldDescriptor& field, Pending& pending)
{
    if (field.type != PROTOBUF_C_TYPE_MESSAGE)
        return;
    if (field.label == PROTOBUF_C_LABEL_REPEATED) {
        const auto count = member<size_t>(message, field.quantifier_offset);
        const auto* items = member<const ProtobufCMessage* const*>(message, field.offset);
        for (size_t i = 0; i < count; ++i)
            pending.append(items[i]);
        return;
    }
    const bool oneOf = (field.flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0;
    if (oneOf && member<uint32_t>(message, field.quantifier_offset) != field.id)
        return;
    if (const auto* one = member<const ProtobufCMessage*>(message, field.offset))
        pending.append(one);
}

} // namespace

void walkPostgresTree(const ProtobufCMessage& root, const std::function<void(const ProtobufCMessage&)>& visit)
{
    Pending pending { &root };
    while (!pending.isEmpty()) {
        const ProtobufCMessage& message = *pending.last();
        pending.removeLast();
        visit(message);
        const ProtobufCMessageDescriptor& kind = *message.descriptor;
        // A Node has hundreds of alternatives, of which its case names one.
        const ProtobufCFieldDescriptor* first = kind.n_fields > 0 ? kind.fields : nullptr;
        if (first != nullptr && (first->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0) {
            if (const auto* chosen
                = protobuf_c_message_descriptor_get_field(&kind, member<uint32_t>(message, first->quantifier_offset)))
                addField(message, *chosen, pending);
            continue;
        }
        for (unsigned i = 0; i < kind.n_fields; ++i)
            addField(message, kind.fields[i], pending);
    }
}

} // namespace holdpoint
