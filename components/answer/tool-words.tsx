/** What a tool's icon alone does not tell, where there is room for it: words out of the tool's label. */
export function ToolWords({ children }: { children: string }) {
  return <span className="tool-words text-sm max-md:hidden">{children}</span>;
}
