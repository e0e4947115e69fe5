#pragma once

#include <cstddef>
#include <string_view>

namespace sluice::approvals {

/// Looks like ASCII, is drawn over its neighbour, or changes the order in which its neighbours are written, wherever it stands.
[[nodiscard]] bool misleads(char32_t code);
/// A letter, digit or mark: part of a word.
[[nodiscard]] bool is_word_part(char32_t code);
/// Whether letters that are not Latin have to be marked in this word, which is valid UTF-8: it mixes them with Latin ones, or all of them
/// look Latin.
[[nodiscard]] bool passes_for_latin(std::string_view word);
/// A letter of a script with letters that look Latin.
[[nodiscard]] bool is_of_similar_script(char32_t code);

}  // namespace sluice::approvals
