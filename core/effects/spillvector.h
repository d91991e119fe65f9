// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/spillfile.h"

#include <algorithm>
#include <iterator>
#include <type_traits>
#include <utility>
#include <vector>

namespace holdpoint {

/// A vector of plain values in parts that never move; past a limit they are in a temporary file (SpillFile).
template <typename T> class SpillVector
{
    static_assert(std::is_trivially_copyable_v<T>);

public:
    template <typename Element> class Iterator;
    using iterator = Iterator<T>;
    using const_iterator = Iterator<const T>;
    using value_type = T;

    SpillVector() = default;
    SpillVector(size_t size, const T& value)
    {
        while (m_size < size)
            push_back(value);
    }
    SpillVector(SpillVector&& other) noexcept { swap(other); }
    SpillVector& operator=(SpillVector&& other) noexcept
    {
        SpillVector(std::move(other)).swap(*this);
        return *this;
    }
    ~SpillVector() = default;
    SpillVector(const SpillVector&) = delete; // much would be copied by mistake
    SpillVector& operator=(const SpillVector&) = delete;
    [[nodiscard]] SpillVector copy() const
    {
        SpillVector copy;
        for (const T& value : *this)
            copy.push_back(value);
        return copy;
    }
    void swap(SpillVector& other) noexcept
    {
        std::swap(m_parts, other.m_parts);
        std::swap(m_owned, other.m_owned);
        std::swap(m_file, other.m_file);
        std::swap(m_size, other.m_size);
        std::swap(m_room, other.m_room);
    }

    [[nodiscard]] size_t size() const { return m_size; }
    [[nodiscard]] bool empty() const { return m_size == 0; }
    [[nodiscard]] T& operator[](size_t index) { return m_parts[index / partLength][index % partLength]; }
    [[nodiscard]] const T& operator[](size_t index) const { return m_parts[index / partLength][index % partLength]; }
    [[nodiscard]] const T& back() const { return (*this)[m_size - 1]; }
    [[nodiscard]] iterator begin() { return { m_parts.data(), 0 }; }
    [[nodiscard]] iterator end() { return { m_parts.data(), static_cast<qsizetype>(m_size) }; }
    [[nodiscard]] const_iterator begin() const { return { m_parts.data(), 0 }; }
    [[nodiscard]] const_iterator end() const { return { m_parts.data(), static_cast<qsizetype>(m_size) }; }

    /// One more value, to be set where it is.
    T& emplace_back()
    {
        if (m_size == m_room)
            addRoom();
        return m_parts.back()[m_size++ % partLength] = T();
    }
    void push_back(const T& value)
    {
        const T copy = value; // it may be one of these
        emplace_back() = copy;
    }
    /// Only the first `size` stay.
    void truncate(size_t size)
    {
        m_size = std::min(size, m_size);
        const size_t parts = std::max<size_t>((m_size + partLength - 1) / partLength, m_parts.empty() ? 0 : 1);
        if (parts == m_parts.size())
            return;
        m_parts.resize(parts);
        m_owned.resize(std::min(parts, m_owned.size()));
        m_room = parts * partLength;
    }

private:
    static constexpr size_t partLength = size_t(1) << 15;
    static constexpr size_t smallest = 64;

    void addRoom()
    {
        if (m_room < partLength) { // few values have a first part of their size
            std::vector<T> larger(std::min(partLength, std::max(smallest, 4 * m_room)));
            std::copy_n(m_parts.empty() ? nullptr : m_parts.front(), m_size, larger.begin());
            m_room = larger.size();
            m_owned = {};
            m_owned.push_back(std::move(larger));
            m_parts = { m_owned.front().data() };
            return;
        }
        constexpr qsizetype bytes = partLength * sizeof(T);
        char* const mapped = static_cast<qsizetype>(m_room * sizeof(T)) + bytes > SpillFile::memoryLimit()
            ? m_file.take(bytes)
            : nullptr;
        if (!mapped)
            m_owned.emplace_back(partLength);
        m_parts.push_back(mapped ? reinterpret_cast<T*>(mapped) : m_owned.back().data());
        m_room += partLength;
    }

    std::vector<T*> m_parts;
    std::vector<std::vector<T>> m_owned; // the parts in memory
    SpillFile m_file;
    size_t m_size = 0;
    size_t m_room = 0;
};

template <typename T> template <typename Element> class SpillVector<T>::Iterator
{
public:
    using iterator_category = std::random_access_iterator_tag;
    using value_type = std::remove_const_t<Element>;
    using difference_type = qsizetype;
    using reference = Element&;
    using pointer = Element*;

    Iterator() = default;
    Iterator(T* const* parts, qsizetype index)
        : m_parts(parts)
        , m_index(index)
    {
    }
    [[nodiscard]] reference operator*() const { return (*this)[0]; }
    [[nodiscard]] pointer operator->() const { return &**this; }
    [[nodiscard]] reference operator[](qsizetype offset) const
    {
        const auto index = static_cast<size_t>(m_index + offset);
        return m_parts[index / partLength][index % partLength];
    }
    Iterator& operator++() { return *this += 1; }
    Iterator& operator--() { return *this -= 1; }
    Iterator operator++(int) { return std::exchange(*this, *this + 1); }
    Iterator operator--(int) { return std::exchange(*this, *this - 1); }
    Iterator& operator+=(qsizetype offset)
    {
        m_index += offset;
        return *this;
    }
    Iterator& operator-=(qsizetype offset) { return *this += -offset; }
    friend Iterator operator+(Iterator it, qsizetype offset) { return it += offset; }
    friend Iterator operator+(qsizetype offset, Iterator it) { return it += offset; }
    friend Iterator operator-(Iterator it, qsizetype offset) { return it -= offset; }
    friend qsizetype operator-(const Iterator& left, const Iterator& right) { return left.m_index - right.m_index; }
    friend bool operator==(const Iterator& left, const Iterator& right) { return left.m_index == right.m_index; }
    friend auto operator<=>(const Iterator& left, const Iterator& right) { return left.m_index <=> right.m_index; }

private:
    T* const* m_parts = nullptr;
    qsizetype m_index = 0;
};

} // namespace holdpoint
