export * from "./userData";
