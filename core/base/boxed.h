// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <optional>

namespace holdpoint {

/// What is mostly not there, and large where it is: as std::optional, but in the size of a pointer. Copies share it.
template <typename T> class Boxed
{
public:
    Boxed() = default;
    Boxed(T value)
        : m_value(std::make_shared<T>(std::move(value)))
    {
    }
    Boxed(std::optional<T> value)
        : m_value(value ? std::make_shared<T>(std::move(*value)) : nullptr)
    {
    }

    explicit operator bool() const { return m_value != nullptr; }
    [[nodiscard]] const T& operator*() const { return *m_value; }
    [[nodiscard]] const T* operator->() const { return m_value.get(); }

    friend bool operator==(const Boxed& left, const Boxed& right)
    {
        return left.m_value == right.m_value || (left && right && *left == *right);
    }

private:
    std::shared_ptr<const T> m_value;
};

} // namespace holdpoint
