#pragma once

// PostgreSQL's raw parse tree, for the files of src/sql alone. Include it after all standard headers:
// postgres.h defines macros that would break them.

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <string_view>

#define text postgres_text  // a type of that name would be shadowed everywhere
extern "C" {
#include <postgres.h>
// postgres.h comes first
#include <nodes/parsenodes.h>
#include <nodes/pg_list.h>
#include <pg_query.h>

// libpg_query's own entry points, not part of its public API; docs/decisions/0001-raw-parse-tree.md says why.
struct SluiceRawParseResult {
  List* tree;
  char* stderr_buffer;  // malloc'd
  PgQueryError* error;  // malloc'd, nullptr: none
};
SluiceRawParseResult pg_query_raw_parse(const char* input);
void pg_query_free_error(PgQueryError* error);
MemoryContext pg_query_enter_memory_context();
void pg_query_exit_memory_context(MemoryContext context);
}

#undef text
#undef printf
#undef fprintf
#undef sprintf
#undef snprintf
#undef vprintf
#undef vfprintf
#undef vsprintf
#undef vsnprintf
#undef strerror
#undef strerror_r
#undef qsort
#undef gettext
#undef dgettext
#undef ngettext
#undef dngettext
#undef _
#undef Min
#undef Max
#undef Abs
#undef foreach
#undef likely
#undef unlikely
#undef LOG
#undef INFO
#undef NOTICE
#undef WARNING
#undef ERROR
#undef FATAL
#undef PANIC

namespace sluice::sql {

/// The elements of a list as pointers to T, in order; none for a null list. T is not checked: a List's
/// elements are nodes of one kind only where the grammar says so.
template <class T = Node>
class ListView {
 public:
  class iterator {
   public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = const T*;
    using difference_type = std::ptrdiff_t;
    using pointer = const value_type*;
    using reference = value_type;
    iterator() = default;
    explicit iterator(const ListCell* cell) : cell_(cell) {}
    const T* operator*() const { return static_cast<const T*>(cell_->ptr_value); }
    iterator& operator++() {
      ++cell_;
      return *this;
    }
    iterator operator++(int) { return iterator(cell_++); }
    friend bool operator==(const iterator&, const iterator&) = default;

   private:
    const ListCell* cell_ = nullptr;
  };

  explicit ListView(const List* list) : list_(list) {}
  [[nodiscard]] iterator begin() const { return iterator(list_ == nullptr ? nullptr : list_->elements); }
  [[nodiscard]] iterator end() const { return iterator(list_ == nullptr ? nullptr : list_->elements + list_->length); }
  [[nodiscard]] std::size_t size() const { return list_ == nullptr ? 0 : static_cast<std::size_t>(list_->length); }
  [[nodiscard]] bool empty() const { return size() == 0; }
  const T* operator[](std::size_t index) const { return static_cast<const T*>(list_->elements[index].ptr_value); }
  [[nodiscard]] const T* front() const { return (*this)[0]; }
  [[nodiscard]] const T* back() const { return (*this)[size() - 1]; }

 private:
  const List* list_;
};

template <class T = Node>
[[nodiscard]] ListView<T> elements(const List* list) {
  return ListView<T>(list);
}

/// The node as its own type, which the caller knows from its tag.
template <class T>
[[nodiscard]] const T& as(const Node* node) {
  return *reinterpret_cast<const T*>(node);
}

/// The characters of a String node.
[[nodiscard]] inline std::string_view text_of(const Node* string) { return as<String>(string).sval; }

/// A C string of the tree, where null stands for absent.
[[nodiscard]] inline std::string_view text_of(const char* text) { return text == nullptr ? std::string_view() : std::string_view(text); }

}  // namespace sluice::sql
